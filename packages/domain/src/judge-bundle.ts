import { type Bytes, ownBytes, toHex } from './bytes.ts';
import {
  BUNDLE_ROWS,
  fillBundleRows,
  fillCertificateBundleRows,
  fillSharedKeys,
  KeyOwners,
} from './bundle-rows.ts';
import { type Bundle, integerMember, readBundle } from './bundle.ts';
import { bundleSet } from './bundle-set.ts';
import { decodeBundle } from './decode-bundle.ts';
import { isJsonObject, JsonNumber, type JsonValue } from './json.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import type { Problem } from './result.ts';
import { Sheet } from './sheet.ts';

const REQUIRED = ['B-01', 'B-02', 'B-08', 'B-09'];
/** What must hold of CA certificates in PEM or DER. */
const REQUIRED_OF_CERTIFICATES = ['B-12', 'B-17'];

/** Judges a SPIFFE bundle (TD&Bundle 4), or the CA certificates of a trust domain in PEM or DER. */
export async function judgeBundle(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet(BUNDLE_ROWS);
  const bundle = readBundle(bytes);
  if (!bundle.ok) return refuse(sheet, input.kind, bundle.problem);
  const required = await fillRows(sheet, input, bundle.value);
  sheet.require(required);
  const good =
    bundle.value.format === 'spiffe'
      ? 'This is a valid SPIFFE bundle.'
      : 'These are CA certificates that can be used to verify X509-SVIDs.';
  return sheet.judgement('bundle', { type: 'bundle', ...(await decodeBundle(bundle.value)) }, good);
}

/** Answers the rows that must have been reached. */
async function fillRows(sheet: Sheet, input: JudgeInput, bundle: Bundle): Promise<readonly string[]> {
  if (bundle.format === 'certificates') await fillCertificateBundleRows(sheet, bundle);
  else await fillBundleRows(sheet, bundle);
  fillSharedKeys(sheet, bundle, otherOwners(input));
  return bundle.format === 'certificates' ? REQUIRED_OF_CERTIFICATES : REQUIRED;
}

function otherOwners(input: JudgeInput): KeyOwners {
  const owners = new KeyOwners();
  for (const [name, bundle] of bundleSet(input.bundles).others(input.trustDomain ?? ''))
    owners.add(name, bundle);
  return owners;
}

function refuse(sheet: Sheet, kind: JudgeInput['kind'], { code, message }: Problem): Judgement {
  sheet.fail(code === 'no-keys' ? 'B-02' : 'B-01', message);
  if (code === 'private-key')
    sheet.fail('B-19', 'A private key is beside the certificates: remove it and replace the key.');
  return sheet.judgement(kind, { type: 'none' }, '', true);
}

/** Judges a new bundle against the one held before (TD&Bundle 4.1.1, Federation 4.2). */
export async function judgeBundleUpdate(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet([...BUNDLE_ROWS, 'B-05', 'F-09']);
  const bundle = readBundle(bytes);
  if (!bundle.ok) return refuse(sheet, input.kind, bundle.problem);
  const required = await fillRows(sheet, input, bundle.value);
  const previous = input.previous && readBundle(ownBytes(input.previous));
  if (!previous) sheet.fail('B-05', 'There is no previous bundle to compare with.');
  else if (!previous.ok)
    sheet.fail('B-05', `The previous bundle cannot be read. ${previous.problem.message}`);
  else fillOrder(sheet, previous.value, bundle.value);
  sheet.require([...required, 'B-05']);
  const decoded = await decodeBundle(bundle.value);
  return sheet.judgement(
    'bundle-update',
    { type: 'bundle', ...decoded },
    'This bundle is a proper successor of the previous one.',
  );
}

function fillOrder(sheet: Sheet, previous: Bundle, next: Bundle): void {
  const before = integerMember(previous.document?.get('spiffe_sequence'));
  const after = integerMember(next.document?.get('spiffe_sequence'));
  const changed = content(previous) !== content(next);
  if (after === undefined || before === undefined) {
    // Without a number on both sides nothing shows the order, and the last one fetched counts (Federation 4.2).
    const lost = before !== undefined;
    const evidence = lost
      ? 'The sequence number was dropped; a rollback could not be seen.'
      : 'The order cannot be told without sequence numbers.';
    sheet.warn('F-09', evidence);
    sheet.warn('B-05', changed ? evidence : 'The content is the same; the order cannot be told.');
    return;
  }
  sheet.pass('F-09', 'Both bundles have a sequence number.');
  if (after < before) sheet.fail('B-05', `The sequence number went back from ${before} to ${after}.`);
  else if (after === before && changed)
    sheet.fail('B-05', `The content changed and the sequence number stayed ${after}.`);
  else
    sheet.pass(
      'B-05',
      changed ? `The sequence number grew from ${before} to ${after}.` : 'The content is the same.',
    );
}

/** The content in a form that does not depend on the order of members or of keys. */
function content({ document, entries }: Bundle): string {
  const keys = entries
    .map(({ jwk, certificate }) => (jwk ? canonical(jwk) : certificate ? toHex(certificate.der) : ''))
    .sort();
  const rest = [...(document ?? new Map<string, JsonValue>())].filter(
    ([name]) => name !== 'keys' && name !== 'spiffe_sequence',
  );
  return JSON.stringify([keys, canonical(new Map(rest))]);
}

function canonical(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.raw;
  if (isJsonObject(value)) {
    const members = [...value].map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`);
    return `{${[...members].sort().join(',')}}`;
  }
  return Array.isArray(value) ? `[${value.map(canonical).join(',')}]` : JSON.stringify(value);
}
