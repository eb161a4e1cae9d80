import { encodeBase64 } from '../../base64.ts';
import { type Bytes, concatBytes, utf8Encode } from '../../bytes.ts';
import type { JudgeInput } from '../../judge-types.ts';
import { OID } from '../../oid.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  dnsName,
  extendedKeyUsage,
  jwkOf,
  keyUsage,
  makeCertificate,
  NOW,
  pem,
  type TestAlgorithm,
  type TestExtension,
  type TestKey,
  uriName,
} from '../certificates.ts';
import { octets } from '../der-writer.ts';
import type { Random } from '../fuzz-random.ts';
import { keyNamed } from './keys.ts';
import { chance, pick } from './property.ts';

const HOUR = 3_600_000;

/** One certificate of a chain that is still to be made. */
export interface CertificatePlan {
  readonly subject: string;
  /** The subject of the next certificate when absent. */
  readonly issuer?: string;
  readonly key: TestKey;
  /** The key of the next certificate, or its own at the root, when absent. */
  readonly signer?: TestKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly TestExtension[];
  readonly breakSignature?: boolean;
}

/** A chain that is still to be made: the leaf first, the authority of the bundle last. */
export interface ChainPlan {
  readonly id: string;
  readonly trustDomain: string;
  readonly certificates: readonly CertificatePlan[];
  readonly encoding: 'der' | 'pem' | 'crlf' | 'cr' | 'text';
  readonly bundleForm: 'json' | 'pem' | 'der';
  /** The authority is sent along as well, as some servers do. */
  readonly sendRoot: boolean;
  /** Not in any bundle's way: another trust domain with an authority of its own. */
  readonly strangerBundle: boolean;
}

const LEAF_KEYS: readonly TestAlgorithm[] = ['P-256', 'P-384', 'P-521', 'RSA', 'Ed25519'];
const SIGNER_KEYS: readonly TestAlgorithm[] = ['P-256', 'P-384', 'P-521', 'RSA', 'RSA-PSS', 'Ed25519'];

/** A conformant chain of one to four signing certificates, in any of the shapes that occur in the field. */
export async function planChain(random: Random, fewest = 1): Promise<ChainPlan> {
  const trustDomain = pick(random, ['example.org', 'a', '1.2.3.4', 'prod_1.example-x.org', 'x'.repeat(255)]);
  const id = `spiffe://${trustDomain}/${pick(random, ['web', 'ns/prod/sa/web', 'a.b_c-D/..x/9', 'w'.repeat(600)])}`;
  const signers = Math.max(fewest, 1 + random(4));
  const certificates: CertificatePlan[] = [await planLeaf(random, id)];
  for (let i = 1; i <= signers; i++)
    certificates.push(await planSigner(random, trustDomain, i, i === signers));
  return {
    id,
    trustDomain,
    certificates,
    encoding: pick(random, ['der', 'pem', 'crlf', 'cr', 'text']),
    bundleForm: pick(random, ['json', 'pem', 'der']),
    sendRoot: chance(random, 3),
    strangerBundle: chance(random, 2),
  };
}

async function planLeaf(random: Random, id: string): Promise<CertificatePlan> {
  const subject = pick(random, ['', 'web']);
  const names = [uriName(id), ...(chance(random, 2) ? [dnsName('web.example.org')] : [])];
  const both = chance(random, 2)
    ? [OID.serverAuth, OID.clientAuth]
    : [OID.clientAuth, '1.2.3', OID.serverAuth];
  return {
    subject,
    key: await keyNamed(pick(random, LEAF_KEYS), 'leaf'),
    ...validity(random),
    extensions: shuffled(random, [
      altNames(chance(random, 2) ? names : names.toReversed(), subject === '' || chance(random, 2)),
      ...(chance(random, 4) ? [] : [basicConstraints(false)]),
      keyUsage(pick(random, [[0], [0, 2], [0, 2, 4]])),
      extendedKeyUsage(...both),
      ...(chance(random, 2) ? [unknownExtension(false)] : []),
    ]),
  };
}

async function planSigner(
  random: Random,
  trustDomain: string,
  index: number,
  root: boolean,
): Promise<CertificatePlan> {
  return {
    subject: `${root ? 'Root' : `Intermediate ${index}`} of ${trustDomain.slice(0, 20)}`,
    key: await keyNamed(pick(random, SIGNER_KEYS), index),
    ...validity(random),
    extensions: shuffled(random, [
      altNames([uriName(`spiffe://${trustDomain}`)]),
      // index 1 signs leaves: none below it, one below the next, and so on.
      basicConstraints(true, chance(random, 3) ? index - 1 + random(2) : undefined),
      keyUsage(pick(random, [[5], [5, 6]])),
      ...(chance(random, 2) ? [{ oid: OID.subjectKeyId, value: octets(Uint8Array.of(index, 7)) }] : []),
      ...(chance(random, 3) ? [extendedKeyUsage(OID.serverAuth)] : []),
    ]),
  };
}

function validity(random: Random): { notBefore: Date; notAfter: Date } {
  // Both ends are part of the validity; years from 2050 on are written in another type.
  const notBefore = new Date(NOW.getTime() - pick(random, [0, HOUR, 300_000 * HOUR]));
  return { notBefore, notAfter: new Date(NOW.getTime() + pick(random, [0, HOUR, 300_000 * HOUR])) };
}

function shuffled<T>(random: Random, list: readonly T[]): readonly T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random(i + 1);
    const [a, b] = [out[i], out[j]];
    if (a !== undefined && b !== undefined) [out[i], out[j]] = [b, a];
  }
  return out;
}

/** An extension that nobody knows. */
export function unknownExtension(critical: boolean): TestExtension {
  return { oid: '1.3.6.1.4.1.99999.1', critical, value: octets() };
}

/** DER of every certificate, leaf first. */
export async function makeChain(plan: ChainPlan): Promise<readonly Bytes[]> {
  return Promise.all(
    plan.certificates.map((certificate, i) => {
      const above = plan.certificates[i + 1] ?? certificate;
      return makeCertificate({
        ...certificate,
        issuer: certificate.issuer ?? above.subject,
        signer: certificate.signer ?? above.key,
        serial: i + 1,
      });
    }),
  );
}

export async function chainInput(plan: ChainPlan, change: Partial<JudgeInput> = {}): Promise<JudgeInput> {
  const ders = await makeChain(plan);
  const root = ders.at(-1) ?? new Uint8Array();
  const key = plan.certificates.at(-1)?.key;
  const bundles = new Map<string, Uint8Array>();
  if (key) bundles.set(plan.trustDomain, await bundleFor(plan.bundleForm, key, root));
  if (plan.strangerBundle) bundles.set('stranger.example', await strangerBundle());
  const sent = plan.sendRoot ? ders : ders.slice(0, -1);
  return { kind: 'x509-svid', input: encode(plan.encoding, sent), bundles, at: NOW, ...change };
}

export async function bundleFor(form: ChainPlan['bundleForm'], key: TestKey, root: Bytes): Promise<Bytes> {
  if (form === 'der') return root;
  if (form === 'pem') return pem(root);
  return bundleOf([await jwkOf(key, { use: 'x509-svid', x5c: [encodeBase64(root)] })]);
}

export function encode(encoding: ChainPlan['encoding'], ders: readonly Bytes[]): Bytes {
  if (encoding === 'der') return concatBytes(...ders);
  const text = new TextDecoder().decode(pem(...ders));
  if (encoding === 'crlf') return utf8Encode(text.replaceAll('\n', '\r\n'));
  if (encoding === 'cr') return utf8Encode(text.replaceAll('\n', '\r'));
  const around = ders.map((der) => `subject=CN = web - the end\n${new TextDecoder().decode(pem(der))}`);
  return utf8Encode(encoding === 'pem' ? text : `Bag Attributes\n${around.join('\n\n')}\n# that is all`);
}

let stranger: Promise<Bytes> | undefined;

function strangerBundle(): Promise<Bytes> {
  stranger ??= (async () => {
    const key = await keyNamed('P-256', 'stranger');
    const root = await makeCertificate({
      subject: 'Stranger',
      issuer: 'Stranger',
      key,
      signer: key,
      extensions: [altNames([uriName('spiffe://stranger.example')]), basicConstraints(true), keyUsage([5])],
    });
    return bundleFor('json', key, root);
  })();
  return stranger;
}
