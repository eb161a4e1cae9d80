import { type Bytes, ownBytes } from './bytes.ts';
import { BUNDLE_ROWS, fillBundleRows, fillSharedKeys, KeyOwners } from './bundle-rows.ts';
import { type Bundle, integerMember, readBundle, readBundleObject, readSpiffeBundle } from './bundle.ts';
import { bundleSet } from './bundle-set.ts';
import { decodeBundle } from './decode-bundle.ts';
import type { DecodedBundle } from './decoded.ts';
import { escapeText, quote } from './display.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue, parseJson } from './json.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { limits } from './limits.ts';
import { Sheet } from './sheet.ts';
import { parseTrustDomain } from './spiffe-id.ts';

const REQUIRED = ['B-01', 'B-02', 'B-08', 'B-09'];

/** Judges a SPIFFE bundle (TD&Bundle 4). A PEM file of CAs is shown but is not a SPIFFE bundle. */
export async function judgeBundle(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet(BUNDLE_ROWS);
  const bundle = readSpiffeBundle(bytes);
  if (!bundle.ok) return refuse(sheet, input.kind, bytes, bundle.problem.code, bundle.problem.message);
  await fillBundleRows(sheet, bundle.value);
  fillSharedKeys(sheet, bundle.value, otherOwners(input));
  sheet.require(REQUIRED);
  const decoded = await decodeBundle(bundle.value);
  return sheet.judgement('bundle', { type: 'bundle', ...decoded }, 'This is a valid SPIFFE bundle.');
}

function otherOwners(input: JudgeInput): KeyOwners {
  const owners = new KeyOwners();
  for (const [name, bundle] of bundleSet(input.bundles).others(input.trustDomain ?? ''))
    owners.add(name, bundle);
  return owners;
}

async function refuse(
  sheet: Sheet,
  kind: JudgeInput['kind'],
  bytes: Bytes,
  code: string,
  message: string,
): Promise<Judgement> {
  const pem = readBundle(bytes);
  if (pem.ok && pem.value.format === 'pem') {
    sheet.fail('B-01', 'This is a PEM file of certificates, not a SPIFFE bundle.');
    return sheet.judgement(kind, { type: 'bundle', ...(await decodeBundle(pem.value)) }, '');
  }
  sheet.fail(code === 'no-keys' ? 'B-02' : 'B-01', message);
  return sheet.judgement(kind, { type: 'none' }, '', true);
}

/** Judges a new bundle against the one held before (TD&Bundle 4.1.1, Federation 4.2). */
export async function judgeBundleUpdate(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet([...BUNDLE_ROWS, 'B-05', 'F-09']);
  const bundle = readSpiffeBundle(bytes);
  if (!bundle.ok) return refuse(sheet, input.kind, bytes, bundle.problem.code, bundle.problem.message);
  await fillBundleRows(sheet, bundle.value);
  fillSharedKeys(sheet, bundle.value, otherOwners(input));
  const previous = input.previous && readSpiffeBundle(ownBytes(input.previous));
  if (!previous) sheet.fail('B-05', 'There is no previous bundle to compare with.');
  else if (!previous.ok)
    sheet.fail('B-05', `The previous bundle cannot be read. ${previous.problem.message}`);
  else fillOrder(sheet, previous.value, bundle.value);
  sheet.require([...REQUIRED, 'B-05']);
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
  const keys = entries.map((entry) => canonical(entry.jwk ?? null)).sort();
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

/** Judges a map of bundles (TD&Bundle 5.1.1). One repeated name makes the whole map unusable. */
export async function judgeBundleMap(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const sheet = new Sheet([...BUNDLE_ROWS, 'B-21', 'B-22']);
  const document = readMap(bytes);
  if (typeof document === 'string') {
    sheet.fail('B-21', document);
    return sheet.judgement('bundle-map', { type: 'none' }, '', true);
  }
  const { map, duplicates } = document;
  if (duplicates.length > 0)
    sheet.fail('B-21', `The member ${duplicates[0]} occurs twice; the whole map is refused.`);
  const owners = new KeyOwners();
  const decoded: ({ trustDomain: string } & DecodedBundle)[] = [];
  for (const [name, value] of map) {
    const trustDomain = parseTrustDomain(name);
    if (!trustDomain.ok)
      sheet.fail('B-21', `${quote(name, 80)} is not a trust domain name. ${trustDomain.problem.message}`);
    const bundle = isJsonObject(value) ? readBundleObject(value, []) : undefined;
    if (!bundle?.ok) {
      const code = bundle?.problem.code === 'no-keys' ? 'B-02' : 'B-01';
      sheet.fail(
        code,
        `${quote(name, 80)}: ${bundle?.problem.message ?? 'The bundle is not a JSON object.'}`,
      );
      continue;
    }
    const part = new Sheet();
    await fillBundleRows(part, bundle.value);
    // A map asks for one refresh of the whole, so the hint inside is not missed here (B-22).
    sheet.include(part.judgement('bundle', { type: 'none' }, ''), quote(name, 80), ['B-06']);
    if (bundle.value.document?.has('spiffe_refresh_hint'))
      sheet.fail('B-22', `${quote(name, 80)} has a refresh hint; it is not used.`);
    if (owners.size > 0) fillSharedKeys(sheet, bundle.value, owners);
    owners.add(name, bundle.value);
    decoded.push({ trustDomain: escapeText(name.slice(0, 300)), ...(await decodeBundle(bundle.value)) });
  }
  sheet.set('B-21', 'pass', `${map.size} trust domain(s), no name twice.`);
  sheet.set('B-22', 'pass', 'No bundle in the map has a refresh hint.');
  sheet.notApplicable('B-06', 'A bundle inside a map should have no refresh hint.');
  for (const id of ['B-01', 'B-02']) if (map.size === 0) sheet.pass(id, 'The map is empty.');
  sheet.require(['B-21', 'B-01']);
  return sheet.judgement(
    'bundle-map',
    { type: 'bundle-map', bundles: decoded },
    'This is a valid map of SPIFFE bundles.',
  );
}

function readMap(bytes: Bytes): { map: JsonObject; duplicates: readonly string[] } | string {
  if (bytes.length > limits.bundleBytes) return `The map has more than ${limits.bundleBytes} bytes.`;
  const json = parseJson(bytes);
  if (!json.ok) return json.problem.message;
  if (!isJsonObject(json.value.value)) return 'The map is not a JSON object.';
  const map = json.value.value.get('trust_domains');
  if (!isJsonObject(map)) return '`trust_domains` is missing or not a JSON object.';
  if (map.size > limits.mapEntries) return `The map has more than ${limits.mapEntries} trust domains.`;
  return { map, duplicates: json.value.duplicates };
}
