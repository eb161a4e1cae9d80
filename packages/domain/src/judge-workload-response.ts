import { decodeBase64, decodeBase64Url } from './base64.ts';
import { type BundleLookup, type BundleSet } from './bundle-set.ts';
import { readCertificateBundle } from './bundle.ts';
import { type Bytes, equalBytes, toLatin1, utf8Decode } from './bytes.ts';
import { type Certificate, looksLikeDer, parseDerCertificates } from './certificate.ts';
import { uriNames } from './certificate-names.ts';
import type { DecodedWorkloadSvid } from './decoded.ts';
import { escapeText, quote } from './display.ts';
import { isJsonArray, isJsonObject, type JsonValue, parseJson } from './json.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { fillCertificateRows, fillKeyRow } from './judge-x509.ts';
import { limits } from './limits.ts';
import { SearchBudget } from './path.ts';
import { looksLikePem } from './pem.ts';
import { bytesField, readFields } from './protobuf.ts';
import { refused } from './result.ts';
import { Sheet } from './sheet.ts';
import { scanSpiffeId } from './spiffe-id-scan.ts';

interface ResponseSvid {
  readonly spiffeId: string;
  readonly svid: Bytes;
  readonly key: Bytes;
  readonly bundle: Bytes;
  readonly hint: string;
}

const ROWS = [
  'W-05',
  'W-07',
  'W-10',
  ...Array.from({ length: 30 }, (_, i) => `X-${String(i + 1).padStart(2, '0')}`),
];
/** A response for one workload holds a handful; more than this is not judged, it is refused. */
const MAX_SVIDS = 100;

/** Judges an X509SVIDResponse (Workload API 5.1, 5.2.1) in protobuf or in protobuf JSON. */
export async function judgeWorkloadResponse(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet(ROWS);
  const svids =
    bytes.length > limits.responseBytes
      ? undefined
      : bytes[0] === 0x7b
        ? fromJson(bytes)
        : // White space may stand before JSON.
          (fromProtobuf(bytes) ?? fromJson(bytes));
  if (!svids || svids.length > MAX_SVIDS) {
    sheet.fail(
      'X-01',
      svids ? `There are more than ${MAX_SVIDS} SVIDs.` : 'The response is not an X509SVIDResponse.',
    );
    return sheet.judgement('workload-x509-response', { type: 'none' }, '', true);
  }
  sheet.test(
    'W-10',
    svids.length > 0,
    `${svids.length} SVID(s); the first is the default.`,
    'The response has no SVID.',
  );
  fillHintRow(sheet, svids);
  const decoded: DecodedWorkloadSvid[] = [];
  // An honest SVID takes one or two signature checks, and a response has a handful of SVIDs.
  const bundles = new ResponseBundles();
  for (const [i, svid] of svids.entries()) {
    const part = new Sheet();
    decoded.push(await judgeOne(part, svid, input.at.getTime(), bundles));
    sheet.include(part.judgement('x509-svid', { type: 'none' }, ''), `SVID ${i + 1}`);
  }
  sheet.set('W-05', 'pass', 'Every mandatory field is set.');
  if (svids.length > 0) sheet.require(['X-01', 'X-02', 'X-03', 'X-14', 'X-15', 'X-16', 'X-28', 'X-29']);
  return sheet.judgement(
    'workload-x509-response',
    { type: 'workload-x509-response', svids: decoded },
    'This response is in order, and every SVID in it is valid.',
  );
}

async function judgeOne(
  sheet: Sheet,
  svid: ResponseSvid,
  at: number,
  bundles: ResponseBundles,
): Promise<DecodedWorkloadSvid> {
  const spiffeId = escapeText(svid.spiffeId.slice(0, 2100));
  const shown = { spiffeId, hint: escapeText(svid.hint.slice(0, 1100)) };
  const missing = [
    [svid.spiffeId.length, 'spiffe_id'],
    [svid.svid.length, 'x509_svid'],
    [svid.key.length, 'x509_svid_key'],
    [svid.bundle.length, 'bundle'],
  ].find(([length]) => length === 0);
  // The SHOULD is the client's, who is to discard the message; the message itself lacks what 5.1 makes mandatory.
  if (missing) sheet.set('W-05', 'fail', `The field ${missing[1]} is empty; the message is to be discarded.`);
  const certificates = parseDerCertificates(svid.svid);
  if (!certificates.ok || certificates.value.length === 0) {
    sheet.fail('X-01', certificates.ok ? 'There is no certificate.' : certificates.problem.message);
    return { ...shown, svid: { type: 'none' } };
  }
  // Workload API 5.1: DER. A client reads PEM here as garbage.
  if (looksLikePem(svid.key)) sheet.fail('X-28', 'The private key is PEM; the Workload API carries DER.');
  else await fillKeyRow(sheet, certificates.value, svid.key);
  fillNameRow(sheet, certificates.value, svid.spiffeId);
  const decoded = await fillCertificateRows(
    sheet,
    certificates.value,
    ownBundle(certificates.value, svid.bundle, bundles),
    at,
    true,
    bundles.budget,
  );
  return { ...shown, svid: decoded };
}

/** Row X-29: the field must equal the URI name. A mismatch is a wrong document, so it fails although it is DECL. */
function fillNameRow(sheet: Sheet, [leaf]: readonly Certificate[], spiffeId: string): void {
  const uris = leaf ? uriNames(leaf).map(toLatin1) : [];
  const same = uris.length === 1 && uris[0] === spiffeId;
  sheet.test(
    'X-29',
    same,
    'The field equals the URI name.',
    `The field says ${quote(spiffeId, 300)}, the certificate does not.`,
  );
}

/** Reads the bundles of one response; that of the SVID before is usually the same. */
class ResponseBundles {
  readonly budget = new SearchBudget();
  #bytes: Bytes | undefined;
  #lookup: BundleLookup = { ok: false, why: '' };

  read(bytes: Bytes): BundleLookup {
    if (this.#bytes && equalBytes(this.#bytes, bytes)) return this.#lookup;
    const read = looksLikeDer(bytes)
      ? readCertificateBundle(bytes)
      : refused('not-der', 'It is not DER, which the Workload API carries.');
    this.#bytes = bytes;
    this.#lookup = read.ok ? { ok: true, bundle: read.value } : { ok: false, why: read.problem.message };
    return this.#lookup;
  }
}

/** The bundle beside the SVID is that of its own trust domain (Workload API 5.1), and used for nothing else. */
function ownBundle([leaf]: readonly Certificate[], bytes: Bytes, bundles: ResponseBundles): BundleSet {
  const [uri] = leaf ? uriNames(leaf) : [];
  const trustDomain = uri && scanSpiffeId(uri).host?.toLowerCase();
  const lookup = bundles.read(bytes);
  return {
    given: bytes.length > 0,
    find: (name) => (name === trustDomain && bytes.length > 0 ? lookup : undefined),
    others: () => new Map(),
  };
}

/** Row W-07: two SVIDs must not have one hint; the client takes the first. Longer than 1024 bytes is a SHOULD NOT. */
function fillHintRow(sheet: Sheet, svids: readonly ResponseSvid[]): void {
  const seen = new Set<string>();
  for (const { hint } of svids) {
    if (hint === '') continue;
    if (seen.has(hint)) sheet.fail('W-07', `The hint ${quote(hint, 80)} occurs twice.`);
    if (new TextEncoder().encode(hint).length > 1024) sheet.warn('W-07', 'A hint has more than 1024 bytes.');
    seen.add(hint);
  }
  sheet.set('W-07', 'pass', 'No hint occurs twice.');
}

/** X509SVIDResponse: svids is field 1; in X509SVID the fields 1 to 5 are spiffe_id, x509_svid, x509_svid_key, bundle, hint. */
function fromProtobuf(bytes: Bytes): readonly ResponseSvid[] | undefined {
  const fields = readFields(bytes);
  if (!fields) return undefined;
  const svids: ResponseSvid[] = [];
  for (const field of fields) {
    if (field.number !== 1) continue;
    // One beyond the limit is enough to refuse the rest unread.
    if (svids.length > MAX_SVIDS) break;
    const inner = field.bytes && readFields(field.bytes);
    if (!inner) return undefined;
    const spiffeId = utf8Decode(bytesField(inner, 1));
    const hint = utf8Decode(bytesField(inner, 5));
    if (spiffeId === undefined || hint === undefined) return undefined;
    svids.push({
      spiffeId,
      hint,
      svid: bytesField(inner, 2),
      key: bytesField(inner, 3),
      bundle: bytesField(inner, 4),
    });
  }
  return svids;
}

function fromJson(bytes: Bytes): readonly ResponseSvid[] | undefined {
  const json = parseJson(bytes);
  if (!json.ok || !isJsonObject(json.value.value) || json.value.duplicates.length > 0) return undefined;
  const list = json.value.value.get('svids') ?? [];
  if (!isJsonArray(list)) return undefined;
  const svids = list.slice(0, MAX_SVIDS + 1).map(readJsonSvid);
  return svids.every((svid) => svid !== undefined) ? svids : undefined;
}

/** Protobuf JSON writes camelCase and accepts the original names too. */
function readJsonSvid(value: JsonValue): ResponseSvid | undefined {
  if (!isJsonObject(value)) return undefined;
  const text = (...names: readonly string[]): string | undefined => {
    const found =
      names.map((name) => value.get(name)).find((item) => item !== undefined && item !== null) ?? '';
    return typeof found === 'string' ? found : undefined;
  };
  // Protobuf JSON takes both alphabets, with or without padding.
  const bytes = (...names: readonly string[]): Bytes | undefined => {
    const found = text(...names) ?? '!';
    return decodeBase64(found) ?? decodeBase64Url(found.replace(/={1,2}$/u, ''));
  };
  const spiffeId = text('spiffeId', 'spiffe_id');
  const hint = text('hint');
  const svid = bytes('x509Svid', 'x509_svid');
  const key = bytes('x509SvidKey', 'x509_svid_key');
  const bundle = bytes('bundle');
  if (spiffeId === undefined || hint === undefined || !svid || !key || !bundle) return undefined;
  return { spiffeId, hint, svid, key, bundle };
}
