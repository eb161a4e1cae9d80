import { type Bytes } from './bytes.ts';
import { isJsonNumber } from './bundle.ts';
import { bundleSet } from './bundle-set.ts';
import type { Decoded } from './decoded.ts';
import { quote } from './display.ts';
import type { JsonObject } from './json.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { Sheet } from './sheet.ts';
import { parseSpiffeId } from './spiffe-id.ts';
import {
  audienceOf,
  decodeToken,
  expiryProblem,
  fillAlgorithmRow,
  fillSignatureRows,
  fillSubjectRow,
  notBeforeProblem,
  timeMember,
  readToken,
} from './token-rows.ts';

const ROWS = Array.from({ length: 17 }, (_, i) => `J-${String(i + 1).padStart(2, '0')}`);
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);
/** J-17 has no limit in the specification; a token that lives longer than this earns a warning. */
const LONG_LIFETIME_SECONDS = 24 * 60 * 60;

/** Judges a JWT-SVID (JWT-SVID 2 to 5). Without an audience to compare with, J-09 fails: nobody accepted it. */
export async function judgeJwt(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet(ROWS);
  const token = readToken(sheet, bytes);
  if (!token) return sheet.judgement('jwt-svid', { type: 'none' }, '', true);
  const { header, claims } = token;
  if (header) fillHeaderRows(sheet, header);
  const subject = claims ? fillSubjectRow(sheet, 'J-07', claims) : {};
  if (claims) {
    fillAudienceRows(sheet, claims, input.audience);
    fillTimeRows(sheet, claims, input.at.getTime());
  }
  const rows = { signature: 'J-14', fit: 'J-15', use: 'jwt-svid' } as const;
  const signedBy = await fillSignatureRows(sheet, rows, token, subject, bundleSet(input.bundles));
  sheet.require(['J-01', 'J-02', 'J-03', 'J-07', 'J-08', 'J-09', 'J-11', 'J-12', 'J-14', 'J-15', 'J-16']);
  const decoded: Decoded =
    input.decode === false ? { type: 'none' } : decodeToken('jwt-svid', token, subject, signedBy);
  return sheet.judgement('jwt-svid', decoded, 'This JWT-SVID is valid and was signed by its trust domain.');
}

function fillHeaderRows(sheet: Sheet, header: JsonObject): void {
  const stranger = [...header.keys()].find((name) => !HEADER_MEMBERS.has(name));
  const strange = `The header has the member ${quote(stranger ?? '', 40)}.`;
  sheet.test('J-02', stranger === undefined, 'The header has nothing but alg, kid and typ.', strange);
  fillAlgorithmRow(sheet, 'J-03', header);
  const typ = header.get('typ');
  if (typ === undefined) sheet.notApplicable('J-04', 'There is no typ.');
  else
    sheet.test(
      'J-04',
      typ === 'JWT' || typ === 'JOSE',
      `The type is ${String(typ)}.`,
      'The type is neither JWT nor JOSE.',
    );
  sheet.pass(
    'J-05',
    header.has('kid') ? 'There is a key id.' : 'There is no key id; every key of the trust domain is tried.',
  );
  sheet.test(
    'J-06',
    !header.has('crit'),
    'There is no crit.',
    'There is a crit, and Muster understands no extension.',
  );
}

function fillAudienceRows(sheet: Sheet, claims: JsonObject, wanted: string | undefined): void {
  const audience = audienceOf(claims);
  const present = audience !== undefined && audience.length > 0;
  const missing = claims.has('aud')
    ? 'The audience is not text or a list of one or more texts.'
    : 'There is no audience.';
  sheet.test('J-08', present, `${audience?.length ?? 0} audience(s).`, missing);
  if (!present) {
    for (const id of ['J-09', 'J-10']) sheet.notChecked(id, 'There is no audience.');
    return;
  }
  const list = audience
    .slice(0, 5)
    .map((item) => quote(item, 80))
    .join(', ');
  if (wanted === undefined)
    sheet.fail('J-09', `No audience was given to compare with; the token is meant for ${list}.`);
  else
    sheet.test(
      'J-09',
      audience.includes(wanted),
      `It names ${quote(wanted, 80)}.`,
      `The token is meant for ${list}, not for ${quote(wanted, 80)}.`,
    );
  const wide = audience.find((item) => {
    const id = parseSpiffeId(item.replace(/\/$/u, ''));
    return id.ok && id.value.path === '';
  });
  if (audience.length > 1)
    sheet.fail('J-10', `There are ${audience.length} audiences; each can replay the token to the others.`);
  else if (wide !== undefined) sheet.fail('J-10', 'The audience is a whole trust domain, not a service.');
  else sheet.pass('J-10', 'There is one audience.');
}

function fillTimeRows(sheet: Sheet, claims: JsonObject, at: number): void {
  const exp = timeMember(claims, 'exp');
  const missing = claims.has('exp') ? 'The expiry is not a number that is a time.' : 'There is no expiry.';
  if (sheet.test('J-11', exp !== undefined, 'The expiry is a number.', missing) && exp !== undefined) {
    const problem = expiryProblem(exp, at);
    sheet.test('J-12', problem === undefined, 'The token has not expired.', problem ?? '');
    fillLifetimeRow(sheet, claims, exp, at);
  } else {
    for (const id of ['J-12', 'J-17']) sheet.notChecked(id, 'There is no usable expiry.');
  }
  const nbf = timeMember(claims, 'nbf');
  if (!claims.has('nbf')) sheet.notApplicable('J-13', 'There is no nbf.');
  else if (nbf === undefined) sheet.fail('J-13', 'nbf is not a number that is a time.');
  else {
    const problem = notBeforeProblem(nbf, at);
    sheet.test('J-13', problem === undefined, 'The token is valid already.', problem ?? '');
  }
}

function fillLifetimeRow(sheet: Sheet, claims: JsonObject, exp: number, at: number): void {
  const iat = timeMember(claims, 'iat');
  if (claims.has('iat') && !isJsonNumber(claims.get('iat'))) sheet.fail('J-17', 'iat is not a number.');
  const seconds = exp - (iat ?? at / 1000);
  const shown = seconds < 7200 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 3600)} hours`;
  sheet.test(
    'J-17',
    seconds <= LONG_LIFETIME_SECONDS,
    `It lives ${shown}.`,
    `The token lives ${shown}; short lives limit replay.`,
  );
}
