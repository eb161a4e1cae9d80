import { Buffer } from 'node:buffer';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { concatBytes, ownBytes, utf8Encode } from '../../packages/domain/src/bytes.ts';
import { parseCertificate } from '../../packages/domain/src/certificate.ts';
import type { JudgeInput } from '../../packages/domain/src/judge-types.ts';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  type TestKey,
  x509Entry,
} from '../../packages/domain/src/testing/certificates.ts';

/** Documents of one kind, no two alike, and what only checking their signatures takes. */
export interface Cases {
  readonly title: string;
  readonly inputs: readonly JudgeInput[];
  /** Every signature that a verifier has to check for one document, all of ES256. */
  readonly signatures: readonly (readonly SignedPart[])[];
}

export interface SignedPart {
  readonly key: KeyObject;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly encoding: 'der' | 'ieee-p1363';
}

const TRUST_DOMAIN = 'example.org';
const AUDIENCE = 'reports';

/** As SPIRE issues them: P-256, an hour, one audience; the bundle holds the CA and a key for tokens of each kind. */
export async function makeCases(count: number): Promise<readonly Cases[]> {
  const at = new Date(Math.floor(Date.now() / 1000) * 1000);
  const hour = { notBefore: new Date(at.getTime() - 60_000), notAfter: new Date(at.getTime() + 3_600_000) };
  const day = { ...hour, notAfter: new Date(at.getTime() + 86_400_000) };
  const root = await makeAuthority(TRUST_DOMAIN, day);
  const middle = await makeAuthority(TRUST_DOMAIN, { ...day, subject: 'Intermediate', parent: root });
  const signer = await makeKey();
  const bundle = bundleOf([
    await x509Entry(root),
    await jwkOf(signer, { use: 'jwt-svid', kid: 'jwt-key' }),
    await jwkOf(signer, { use: 'wit-svid', kid: 'wit-key' }),
  ]);
  const common = { bundles: new Map([[TRUST_DOMAIN, bundle]]), audience: AUDIENCE, at };
  const rootKey = keyOf(root.key);
  const middleKey = keyOf(middle.key);
  const signerKey = keyOf(signer);
  const times = { iat: at.getTime() / 1000, exp: at.getTime() / 1000 + 3600 };
  const cnf = { jwk: await jwkOf(await makeKey(), { alg: 'ES256' }) };
  const cases = {
    plain: [] as [JudgeInput, SignedPart[]][],
    chain: [] as [JudgeInput, SignedPart[]][],
    jwt: [] as [JudgeInput, SignedPart[]][],
    wit: [] as [JudgeInput, SignedPart[]][],
  };
  for (let i = 0; i < count; i++) {
    const id = `spiffe://${TRUST_DOMAIN}/ns/shop/sa/checkout-${i}`;
    const leaf = await makeLeaf(root, id, { ...hour, serial: i + 1 });
    cases.plain.push([{ ...common, kind: 'x509-svid', input: leaf.der }, [certified(leaf.der, rootKey)]]);
    const below = await makeLeaf(middle, id, { ...hour, serial: i + 1, key: leaf.key });
    cases.chain.push([
      { ...common, kind: 'x509-svid', input: concatBytes(below.der, middle.der) },
      [certified(below.der, middleKey), certified(middle.der, rootKey)],
    ]);
    const jwtHeader = { alg: 'ES256', kid: 'jwt-key', typ: 'JWT' };
    const jwt = await makeToken(signer, jwtHeader, { sub: id, aud: [AUDIENCE], ...times });
    cases.jwt.push([{ ...common, kind: 'jwt-svid', input: utf8Encode(jwt) }, [signedToken(jwt, signerKey)]]);
    const witHeader = { alg: 'ES256', kid: 'wit-key', typ: 'wit+jwt' };
    const wit = await makeToken(signer, witHeader, { sub: id, cnf, ...times });
    cases.wit.push([{ ...common, kind: 'wit-svid', input: utf8Encode(wit) }, [signedToken(wit, signerKey)]]);
  }
  const of = (title: string, made: readonly [JudgeInput, SignedPart[]][]): Cases => ({
    title,
    inputs: made.map(([input]) => input),
    signatures: made.map(([, parts]) => parts),
  });
  return [
    of('x509-svid', cases.plain),
    of('x509-svid, with an intermediate', cases.chain),
    of('jwt-svid', cases.jwt),
    of('wit-svid', cases.wit),
  ];
}

/** A document as `muster verify --jsonl` and the program with go-spiffe take it. */
export function requestOf(input: JudgeInput, id: number): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return JSON.stringify({
    id: String(id),
    kind: input.kind,
    input_b64: text(input.input),
    bundles: Object.fromEntries([...input.bundles].map(([name, bytes]) => [name, text(bytes)])),
    audience: input.audience,
    evaluation_time: input.at.toISOString(),
  });
}

function keyOf({ spki }: TestKey): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

function certified(der: Uint8Array, key: KeyObject): SignedPart {
  const certificate = parseCertificate(ownBytes(der));
  if (!certificate.ok) throw new Error('The bench made a certificate that cannot be read.');
  const { tbs, signature } = certificate.value;
  return { key, data: tbs, signature, encoding: 'der' };
}

function signedToken(token: string, key: KeyObject): SignedPart {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  return { key, data: utf8Encode(token.slice(0, end)), signature, encoding: 'ieee-p1363' };
}
