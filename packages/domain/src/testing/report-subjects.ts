import { utf8Encode } from '../bytes.ts';
import { judge } from '../judge.ts';
import type { JudgeInput, Judgement } from '../judge-types.ts';
import type { ReportSubject } from '../report-types.ts';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pem,
  x509Entry,
} from './certificates.ts';

const SECONDS = NOW.getTime() / 1000;

/** A judged X.509-SVID, JWT-SVID and bundle of one trust domain, with what they were judged with. */
export async function reportSubjects() {
  const authority = await makeAuthority('example.org');
  const leaf = await makeLeaf(authority, 'spiffe://example.org/web');
  const signer = await makeKey();
  const bundle = bundleOf([await x509Entry(authority), await jwkOf(signer, { use: 'jwt-svid', kid: 'k1' })]);
  const token = await makeToken(
    signer,
    { alg: 'ES256', kid: 'k1', typ: 'JWT' },
    {
      sub: 'spiffe://example.org/web',
      aud: 'reports',
      exp: SECONDS + 300,
      iat: SECONDS,
      team: 'secret-team',
    },
  );
  const bundles = new Map([['example.org', bundle]]);
  return {
    token,
    bundle,
    x509: await subject('svid.0.pem', { kind: 'x509-svid', input: pem(leaf.der), bundles, at: NOW }),
    jwt: await subject('jwt_svid.token', {
      kind: 'jwt-svid',
      input: utf8Encode(token),
      bundles,
      audience: 'reports',
      at: NOW,
    }),
    bundleDocument: await subject('bundle.json', {
      kind: 'bundle',
      input: bundle,
      bundles: new Map(),
      at: NOW,
    }),
  };
}

export async function subject(name: string, input: JudgeInput): Promise<ReportSubject> {
  return subjectOf(name, input, await judge(input));
}

export function subjectOf(name: string, input: JudgeInput, judgement: Judgement): ReportSubject {
  const { input: document, at, trustDomain, audience, bundles, previous, key } = input;
  return {
    name,
    document,
    judgement,
    at,
    trustDomain,
    audience,
    bundles,
    previous,
    keyCompared: key !== undefined,
  };
}
