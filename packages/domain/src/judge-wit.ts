import { type Bytes } from './bytes.ts';
import { bundleSet } from './bundle-set.ts';
import type { Decoded } from './decoded.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { PRIVATE_MEMBERS, readJwk } from './jwk.ts';
import { JWS_ALGORITHMS } from './jws.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { Sheet } from './sheet.ts';
import {
  decodeToken,
  expiryProblem,
  fillAlgorithmRow,
  fillSignatureRows,
  fillSubjectRow,
  notBeforeProblem,
  timeMember,
  readToken,
} from './token-rows.ts';
import { quote } from './display.ts';

const ROWS = [
  'J-01',
  'J-06',
  'J-15',
  'J-16',
  ...Array.from({ length: 12 }, (_, i) => `T-${String(i + 1).padStart(2, '0')}`),
];
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);

/** Judges a WIT-SVID. A token alone proves nothing: T-11 warns that the proof of possession was not seen. */
export async function judgeWit(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet(ROWS);
  const token = readToken(sheet, bytes);
  if (!token) return sheet.judgement('wit-svid', { type: 'none' }, '', true);
  const { header, claims } = token;
  if (header) fillHeaderRows(sheet, header);
  const subject = claims ? fillSubjectRow(sheet, 'T-05', claims) : {};
  if (claims) fillClaimRows(sheet, claims, input.at.getTime());
  sheet.warn('T-11', 'The proof of possession is not part of the token: never accept it alone.');
  const rows = { signature: 'T-12', fit: 'J-15', use: 'wit-svid' } as const;
  const signedBy = await fillSignatureRows(sheet, rows, token, subject, bundleSet(input.bundles));
  sheet.require(['J-01', 'J-16', 'T-01', 'T-02', 'T-03', 'T-05', 'T-06', 'T-07', 'T-09', 'T-12']);
  const decoded: Decoded =
    input.decode === false ? { type: 'none' } : decodeToken('wit-svid', token, subject, signedBy);
  return sheet.judgement(
    'wit-svid',
    decoded,
    'This WIT-SVID is valid; it still needs its proof of possession.',
  );
}

function fillHeaderRows(sheet: Sheet, header: JsonObject): void {
  const kid = header.get('kid');
  sheet.test('T-01', typeof kid === 'string', 'There is a key id.', 'There is no key id.');
  sheet.test('T-02', header.get('typ') === 'wit+jwt', 'The type is wit+jwt.', 'The type is not wit+jwt.');
  fillAlgorithmRow(sheet, 'T-03', header);
  const stranger = [...header.keys()].find((name) => !HEADER_MEMBERS.has(name));
  sheet.test(
    'T-04',
    stranger === undefined,
    'Nothing but alg, kid and typ.',
    `The header has the member ${quote(stranger ?? '', 40)}.`,
  );
  // 2.4 lets unknown members pass only while crit does not name them.
  if (header.has('crit'))
    sheet.set('T-04', 'fail', 'The header has a crit, so what it names may not be ignored.');
  sheet.test(
    'J-06',
    !header.has('crit'),
    'There is no crit.',
    'There is a crit, and Muster understands no extension.',
  );
}

function fillClaimRows(sheet: Sheet, claims: JsonObject, at: number): void {
  const problem = confirmationProblem(claims);
  sheet.test('T-06', problem === undefined, 'cnf holds a public key and its algorithm.', problem ?? '');
  const exp = timeMember(claims, 'exp');
  if (exp === undefined)
    sheet.fail(
      'T-07',
      claims.has('exp') ? 'The expiry is not a number that is a time.' : 'There is no expiry.',
    );
  else {
    const late = expiryProblem(exp, at);
    sheet.test('T-07', late === undefined, 'The token has not expired.', late ?? '');
  }
  const nbf = timeMember(claims, 'nbf');
  if (!claims.has('nbf')) sheet.notApplicable('T-08', 'There is no nbf.');
  else {
    const early = nbf === undefined ? 'nbf is not a number that is a time.' : notBeforeProblem(nbf, at);
    sheet.test('T-08', early === undefined, 'The token is valid already.', early ?? '');
  }
  sheet.test('T-09', !claims.has('aud'), 'There is no audience.', 'There is an audience.');
  const iss = claims.get('iss');
  const oidc = typeof iss === 'string' && /^https:/iu.test(iss);
  if (iss === undefined) sheet.notApplicable('T-10', 'There is no issuer claim.');
  else
    sheet.test(
      'T-10',
      !oidc,
      'The issuer is not an https URL.',
      'The issuer is an https URL, as OpenID Connect uses it.',
    );
}

function confirmationProblem(claims: JsonObject): string | undefined {
  const cnf = claims.get('cnf');
  const jwk = isJsonObject(cnf) ? cnf.get('jwk') : undefined;
  if (!isJsonObject(jwk)) return 'There is no cnf.jwk.';
  if (PRIVATE_MEMBERS.some((name) => jwk.has(name))) return 'cnf.jwk holds a private key.';
  const key = readJwk(jwk);
  if (!key.ok) return `cnf.jwk is not a public key. ${key.problem.message}`;
  const alg = jwk.get('alg');
  const algorithm = typeof alg === 'string' ? JWS_ALGORITHMS.get(alg) : undefined;
  if (!algorithm) return 'cnf.jwk names no allowed algorithm.';
  return algorithm.fits(key.value) ? undefined : 'The algorithm of cnf.jwk does not fit its key.';
}
