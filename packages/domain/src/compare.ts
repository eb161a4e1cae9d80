import { ownBytes, toHex, equalBytes, utf8Decode } from './bytes.ts';
import { parseCertificates } from './certificate.ts';
import { compareBundles } from './compare-bundles.ts';
import { type ComparedCertificate, compareCertificates, extensionsOf } from './compare-certificates.ts';
import { compareTokens } from './compare-tokens.ts';
import { type ComparedField, type Comparison, Fields } from './compare-types.ts';
import { decodeBundle } from './decode-bundle.ts';
import { readBundle } from './bundle.ts';
import type { Decoded, DecodedBundle, DecodedX509 } from './decoded.ts';
import { sha256 } from './digest.ts';
import { escapeText } from './display.ts';
import { judge } from './judge.ts';
import type { Kind } from './judge-types.ts';

export interface CompareInput {
  readonly kind: Kind;
  readonly input: Uint8Array;
}

/** Kinds that can stand beside one another. */
const families: ReadonlyMap<Kind, string> = new Map([
  ['x509-svid', 'certificates'],
  ['x509-svid-keypair', 'certificates'],
  ['jwt-svid', 'tokens'],
  ['wit-svid', 'tokens'],
  ['bundle', 'bundles'],
  ['bundle-update', 'bundles'],
  ['bundle-map', 'bundle maps'],
  ['workload-x509-response', 'Workload API responses'],
  ['spiffe-id', 'SPIFFE IDs'],
  ['bundle-endpoint-url', 'addresses'],
  ['workload-endpoint-uri', 'addresses'],
]);

/** What documents of this kind are, to be compared with others of the same: "certificates", "tokens", … */
export function comparedAs(kind: Kind): string {
  return families.get(kind) ?? kind;
}

/**
 * Compares two documents field by field. Nothing is judged: a document that is not valid compares like any other. Signatures of
 * tokens and private keys are never in the answer (S-13, S-14).
 */
export async function compare(first: CompareInput, second: CompareInput): Promise<Comparison> {
  const read = [asBundle(first), asBundle(second)] as const;
  // A leaf that has become a CA is still compared with what it was.
  const [left, right] = read.every(({ kind }) => comparedAs(kind) === 'bundles') ? read : [first, second];
  const [what, other] = [comparedAs(left.kind), comparedAs(right.kind)];
  if (what !== other) return { comparable: false, why: `The one is of ${what}, the other of ${other}.` };
  const identical = equalBytes(left.input, right.input);
  const fields = await fieldsOf(left, right);
  if (!fields) return { comparable: false, why: await unreadable(left) };
  const differences = fields.filter((field) => field.state !== 'equal').length;
  return {
    comparable: true,
    what,
    identical,
    fields,
    differences,
    summary: summaryOf(identical, fields, differences),
  };
}

/** A file of CA certificates, without a leaf, is what other tools call a bundle. */
function asBundle({ kind, input }: CompareInput): CompareInput {
  if (kind !== 'x509-svid') return { kind, input };
  const certificates = parseCertificates(ownBytes(input));
  const authorities =
    certificates.ok &&
    certificates.value.length > 0 &&
    certificates.value.every(({ extensions }) => extensions.basicConstraints?.ca === true);
  return { kind: authorities ? 'bundle' : kind, input };
}

/** Lines for a shell: what differs, or everything. */
export function compareLines(comparison: Comparison, all = false): readonly string[] {
  if (!comparison.comparable) return [`cannot be compared: ${comparison.why}`];
  const lines = [comparison.summary];
  let group = '';
  for (const field of comparison.fields) {
    if (!all && field.state === 'equal' && field.meaning === undefined) continue;
    if (field.group !== group) lines.push('', field.group);
    group = field.group;
    const { left = '(not there)', right = '(not there)' } = field;
    lines.push(
      field.state === 'equal' ? `  = ${field.name}: ${left}` : `  ${signs[field.state]} ${field.name}`,
    );
    if (field.state !== 'equal') lines.push(`      ${left}`, `    → ${right}`);
    if (field.meaning !== undefined) lines.push(`      ${field.meaning}`);
  }
  return lines;
}

const signs = { changed: '~', added: '+', removed: '-' } as const;

async function fieldsOf(
  left: CompareInput,
  right: CompareInput,
): Promise<readonly ComparedField[] | undefined> {
  const [one, two] = await Promise.all([decodedOf(left), decodedOf(right)]);
  if (one.type === 'x509-svid' && two.type === 'x509-svid')
    return compareChains(await certificatesOf(one, left), await certificatesOf(two, right), '');
  if (isToken(one) && isToken(two)) return compareTokens(one, two);
  if (one.type === 'bundle' && two.type === 'bundle') return compareBundles(one, two);
  if (one.type === 'bundle-map' && two.type === 'bundle-map') return compareMaps(one.bundles, two.bundles);
  if (one.type === 'workload-x509-response' && two.type === 'workload-x509-response')
    return compareResponses(one.svids, two.svids);
  if (one.type === 'none' || two.type === 'none' || one.type !== two.type) return undefined;
  return compareTexts(left, right);
}

/** The document taken apart. The moment does not matter: nothing of the judgement but its reading is used. */
async function decodedOf({ kind, input }: CompareInput): Promise<Decoded> {
  // A PEM file of CAs is as good as a SPIFFE bundle here, and a bundle is read without being judged.
  if (kind === 'bundle' || kind === 'bundle-update') {
    const bundle = readBundle(ownBytes(input));
    return bundle.ok ? { type: 'bundle', ...(await decodeBundle(bundle.value)) } : { type: 'none' };
  }
  const base = kind === 'x509-svid-keypair' ? 'x509-svid' : kind;
  return (await judge({ kind: base, input, bundles: new Map(), at: new Date(0) })).decoded;
}

function isToken(decoded: Decoded): decoded is Extract<Decoded, { type: 'jwt-svid' | 'wit-svid' }> {
  return decoded.type === 'jwt-svid' || decoded.type === 'wit-svid';
}

async function certificatesOf(
  decoded: DecodedX509,
  { input }: CompareInput,
): Promise<readonly ComparedCertificate[]> {
  const parsed = parseCertificates(ownBytes(input));
  const raw = parsed.ok ? parsed.value : [];
  return Promise.all(
    decoded.certificates.map(async (certificate, index) => {
      const one = raw[index];
      return {
        decoded: certificate,
        ...(one && { publicKey: toHex(await sha256(one.publicKey.spki)), extensions: extensionsOf(one) }),
      };
    }),
  );
}

function compareChains(
  left: readonly ComparedCertificate[],
  right: readonly ComparedCertificate[],
  prefix: string,
): readonly ComparedField[] {
  const fields: ComparedField[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++)
    fields.push(
      ...compareCertificates(
        `${prefix}${index === 0 ? 'Leaf' : `Intermediate ${index}`}`,
        left[index],
        right[index],
      ),
    );
  return fields;
}

type NamedBundle = { readonly trustDomain: string } & DecodedBundle;

function compareMaps(left: readonly NamedBundle[], right: readonly NamedBundle[]): readonly ComparedField[] {
  const [one, two] = [left, right].map((list) => new Map(list.map((bundle) => [bundle.trustDomain, bundle])));
  const names = [...new Set([...left, ...right].map((bundle) => bundle.trustDomain))].sort();
  return names.flatMap((name) => {
    const [before, after] = [one?.get(name), two?.get(name)];
    if (before && after) return compareBundles(before, after, name);
    const fields = new Fields('Trust domains');
    const text = (bundle: NamedBundle | undefined) => bundle && `${bundle.keyCount} keys`;
    fields.add(name, text(before), text(after), () => [
      'look',
      after
        ? 'Added: its SVIDs are accepted from now on.'
        : 'Removed: its SVIDs are no longer accepted, and rightly so only if that was meant.',
    ]);
    return fields.list;
  });
}

type Responses = Extract<Decoded, { type: 'workload-x509-response' }>['svids'];

function compareResponses(left: Responses, right: Responses): readonly ComparedField[] {
  const fields: ComparedField[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, two] = [left[index], right[index]];
    const head = new Fields(`SVID ${index + 1}`);
    head.add('spiffe_id', one?.spiffeId, two?.spiffeId);
    head.add('hint', one?.hint || undefined, two?.hint || undefined);
    fields.push(...head.list);
    const chain = (svid: Responses[number] | undefined) =>
      svid?.svid.type === 'x509-svid' ? svid.svid.certificates.map((decoded) => ({ decoded })) : [];
    fields.push(...compareChains(chain(one), chain(two), `SVID ${index + 1}: `));
  }
  return fields;
}

function compareTexts(left: CompareInput, right: CompareInput): readonly ComparedField[] {
  const fields = new Fields('Text');
  fields.add('Text', shown(left.input), shown(right.input));
  return fields.list;
}

function shown(input: Uint8Array): string {
  return escapeText((utf8Decode(input) ?? '(not text)').slice(0, 4000));
}

async function unreadable(left: CompareInput): Promise<string> {
  const first = (await decodedOf(left)).type === 'none';
  return `The ${first ? 'first' : 'second'} document cannot be taken apart.`;
}

function summaryOf(identical: boolean, fields: readonly ComparedField[], differences: number): string {
  if (identical) return 'The two are the same, byte for byte.';
  if (differences === 0)
    return 'Every field is the same; the bytes differ (in their encoding, their order or a signature made anew).';
  const count = (state: ComparedField['state']) => fields.filter((field) => field.state === state).length;
  const parts = (['changed', 'added', 'removed'] as const).flatMap((state) =>
    count(state) > 0 ? [`${count(state)} ${state}`] : [],
  );
  return `${differences} of ${fields.length} fields differ: ${parts.join(', ')}.`;
}
