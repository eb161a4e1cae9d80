import type { Bundle, X509Svid } from '@muster/api';
import { parsePem, toPem } from '@muster/domain';
import { toDate } from '../../components/index.ts';
import type { IntakeSource } from './intake.ts';
import type { Workbench } from './workbench.ts';

/** Something to try the inspector with: real documents of the practice network, some changed here on purpose. */
export interface Example {
  readonly title: string;
  /** What it shows. */
  readonly shows: string;
  readonly sources: readonly IntakeSource[];
  readonly settings?: Partial<Pick<Workbench, 'audience' | 'moment'>>;
}

const encode = (text: string) => new TextEncoder().encode(text);
const hour = 3_600_000;

/** Examples that need nothing fetched: by what is known already. */
export function examplesOf(svids: readonly X509Svid[], bundles: readonly Bundle[]): readonly Example[] {
  const [svid] = svids;
  const bundle = bundles.find(({ own, spiffeJson }) => own && spiffeJson !== '') ?? bundles[0];
  const examples: Example[] = [];
  if (svid) {
    const end = toDate(svid.expiresAt);
    examples.push({
      title: 'An X.509-SVID, as its workload has it',
      shows: 'Everything holds: the chain up to the authority in the bundle.',
      sources: [{ name: 'example: svid.pem', bytes: encode(svid.chainPem) }],
      settings: { moment: { mode: 'now' } },
    });
    if (end)
      examples.push({
        title: 'The same, an hour after its end',
        shows: 'Judged for another moment: X-16.',
        sources: [{ name: 'example: svid.pem', bytes: encode(svid.chainPem) }],
        settings: {
          moment: { mode: 'chosen', text: new Date(end.getTime() + hour).toISOString().slice(0, 19) },
        },
      });
    const forged = tampered(svid.chainPem);
    if (forged !== undefined)
      examples.push({
        title: 'The same, one bit of its signature turned',
        shows: 'Nothing vouches for it: X-15.',
        sources: [{ name: 'example: tampered.pem', bytes: encode(forged) }],
        settings: { moment: { mode: 'now' } },
      });
  }
  if (bundle && bundle.spiffeJson !== '')
    examples.push({
      title: 'A trust bundle',
      shows: 'Which authorities a trust domain publishes, and until when.',
      sources: [
        { name: 'example: bundle.json', bytes: encode(bundle.spiffeJson), trustDomain: bundle.trustDomain },
      ],
    });
  if (svid && bundle) {
    const forged = tampered(svid.chainPem);
    examples.push({
      title: 'Several at once, as from a folder',
      shows: 'A table with a verdict each; a line opens the whole sheet.',
      sources: [
        ...svids
          .slice(0, 6)
          .map((one, index) => ({ name: `example/svid.${index}.pem`, bytes: encode(one.chainPem) })),
        ...(forged === undefined ? [] : [{ name: 'example/tampered.pem', bytes: encode(forged) }]),
        { name: 'example/bundle.json', bytes: encode(bundle.spiffeJson), trustDomain: bundle.trustDomain },
        { name: 'example/id.txt', bytes: encode(`spiffe://${bundle.trustDomain}/shop/../admin`) },
      ],
      settings: { moment: { mode: 'now' } },
    });
  }
  return examples;
}

/** The leaf with the last bit of its signature turned. */
export function tampered(chainPem: string): string | undefined {
  const pem = parsePem(encode(chainPem));
  const [leaf, ...rest] = pem.ok ? pem.value : [];
  if (!leaf) return undefined;
  const bytes = new Uint8Array(leaf.bytes);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return [bytes, ...rest.map((block) => block.bytes)].map((der) => toPem('CERTIFICATE', der)).join('');
}
