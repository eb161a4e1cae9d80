import type { Bytes } from './bytes.ts';
import {
  BUNDLE_ROWS,
  fillBundleRows,
  fillJwtBundleRows,
  fillSharedKeys,
  KeyOwners,
  SELF_SIGNED_CHECKS,
} from './bundle-rows.ts';
import { type Bundle, readBundleObject } from './bundle.ts';
import { decodeBundle } from './decode-bundle.ts';
import type { DecodedBundle } from './decoded.ts';
import { escapeText, quote } from './display.ts';
import { isJsonObject, type JsonObject, type JsonPath, parseJson } from './json.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { jwtBundleTexts, readJwtBundle } from './jwt-bundles.ts';
import { limits } from './limits.ts';
import type { Parsed, Problem } from './result.ts';
import { Sheet } from './sheet.ts';
import { parseTrustDomain, trustDomainOfName } from './spiffe-id.ts';

/** Rows that a JWK Set of the Workload API has, beside B-21. */
const JWT_ROWS = ['B-01', 'B-02', 'B-08', 'B-15', 'B-16', 'B-17', 'B-19', 'B-20', 'B-21', 'W-08', 'W-09'];

interface MapDocument {
  readonly object: JsonObject;
  readonly duplicates: readonly string[];
  readonly duplicatePaths: readonly JsonPath[];
}

/**
 * Judges the bundles of several trust domains: a bundle map (TD&Bundle 5.1.1), or the JWT bundles of the Workload API
 * as spiffe-helper writes them to `key.jwt`. One repeated name makes the whole map unusable.
 */
export async function judgeBundleMap(input: JudgeInput, bytes: Bytes): Promise<Judgement> {
  const document = readDocument(bytes);
  if (typeof document === 'string') return refuse(document);
  const texts = jwtBundleTexts(document.object);
  if (texts) return judgeJwtBundles(input, document, texts);
  const map = document.object.get('trust_domains');
  if (!isJsonObject(map)) return refuse('`trust_domains` is missing or not a JSON object.');
  if (map.size > limits.mapEntries)
    return refuse(`The map has more than ${limits.mapEntries} trust domains.`);
  const sheet = new Sheet([...BUNDLE_ROWS, 'B-21', 'B-22']);
  const inside = sortDuplicates(sheet, document);
  const budget = { selfSigned: SELF_SIGNED_CHECKS };
  const parts = new MapParts(sheet);
  for (const [name, value] of map) {
    const trustDomain = parseTrustDomain(name);
    if (!trustDomain.ok)
      sheet.fail('B-21', `${quote(name, 80)} is not a trust domain name. ${trustDomain.problem.message}`);
    const bundle = parts.read(
      name,
      isJsonObject(value) ? readBundleObject(value, inside.get(name) ?? []) : undefined,
    );
    if (!bundle) continue;
    const part = new Sheet();
    await fillBundleRows(part, bundle, budget);
    // A map asks for one refresh of the whole, so the hint inside is not missed here (B-22).
    sheet.include(part.judgement('bundle', { type: 'none' }, ''), quote(name, 80), ['B-06']);
    if (bundle.document?.has('spiffe_refresh_hint'))
      sheet.fail('B-22', `${quote(name, 80)} has a refresh hint; it is not used.`);
    await parts.take(name, bundle);
  }
  sheet.set('B-21', 'pass', `${map.size} trust domain(s), no name twice.`);
  sheet.set('B-22', 'pass', 'No bundle in the map has a refresh hint.');
  sheet.notApplicable('B-06', 'A bundle inside a map should have no refresh hint.');
  for (const id of ['B-01', 'B-02']) if (map.size === 0) sheet.pass(id, 'The map is empty.');
  sheet.require(['B-21', 'B-01']);
  return parts.judgement('This is a valid map of SPIFFE bundles.');
}

/** Workload API 6.2.2: one JWK Set a trust domain, keyed by its SPIFFE ID; spiffe-helper writes the bare name. */
async function judgeJwtBundles(
  input: JudgeInput,
  document: MapDocument,
  texts: ReadonlyMap<string, string>,
): Promise<Judgement> {
  if (texts.size > limits.mapEntries)
    return refuse(`The map has more than ${limits.mapEntries} trust domains.`);
  const sheet = new Sheet(JWT_ROWS);
  const parts = new MapParts(sheet);
  const seen = new Set<string>();
  if (document.duplicates.length > 0)
    sheet.fail('B-21', `The name ${document.duplicates[0]} occurs twice; the whole map is refused.`);
  for (const [name, text] of texts) {
    const trustDomain = trustDomainOfName(name);
    if (!trustDomain.ok)
      sheet.fail('B-21', `${quote(name, 80)} is not a trust domain name. ${trustDomain.problem.message}`);
    else if (seen.has(trustDomain.value))
      sheet.fail('B-21', `The trust domain ${quote(name, 80)} occurs twice; the whole map is refused.`);
    else seen.add(trustDomain.value);
    const bundle = parts.read(name, readJwtBundle(text));
    if (!bundle) continue;
    const part = new Sheet();
    fillJwtBundleRows(part, bundle);
    sheet.include(part.judgement('bundle', { type: 'none' }, ''), quote(name, 80));
    await parts.take(trustDomain.ok ? trustDomain.value : name, bundle);
  }
  const own = trustDomainOfName(input.trustDomain ?? '');
  if (!own.ok) sheet.notChecked('W-08', 'No trust domain was given to look for.');
  else
    sheet.test(
      'W-08',
      seen.has(own.value),
      `The bundle of ${quote(own.value, 80)} is there.`,
      `There is no bundle of ${quote(own.value, 80)}, the trust domain of the server.`,
    );
  sheet.set('B-21', 'pass', `${texts.size} trust domain(s), no name twice.`);
  sheet.require(['B-21', 'B-01', 'B-02', 'W-09']);
  return parts.judgement('These are valid JWT bundles of the Workload API.');
}

/** What both forms of a map do with each of its bundles. */
class MapParts {
  readonly #sheet: Sheet;
  readonly #owners = new KeyOwners();
  readonly #decoded: ({ trustDomain: string } & DecodedBundle)[] = [];

  constructor(sheet: Sheet) {
    this.#sheet = sheet;
  }

  /** The bundle, or undefined after filling the row that says why it cannot be read. */
  read(name: string, bundle: Parsed<Bundle> | undefined): Bundle | undefined {
    if (bundle?.ok) return bundle.value;
    const problem: Problem = bundle?.problem ?? { code: '', message: 'The bundle is not a JSON object.' };
    this.#sheet.fail(problem.code === 'no-keys' ? 'B-02' : 'B-01', `${quote(name, 80)}: ${problem.message}`);
    return undefined;
  }

  async take(name: string, bundle: Bundle): Promise<void> {
    if (this.#owners.size > 0) fillSharedKeys(this.#sheet, bundle, this.#owners);
    this.#owners.add(name, bundle);
    this.#decoded.push({ trustDomain: escapeText(name.slice(0, 300)), ...(await decodeBundle(bundle)) });
  }

  judgement(good: string): Judgement {
    return this.#sheet.judgement('bundle-map', { type: 'bundle-map', bundles: this.#decoded }, good);
  }
}

/** A name twice spoils the map (B-21); a member twice inside one bundle spoils that bundle (B-01). */
function sortDuplicates(sheet: Sheet, document: MapDocument): ReadonlyMap<string, readonly string[]> {
  const inside = new Map<string, string[]>();
  for (const [i, path] of document.duplicatePaths.entries()) {
    const [top, name] = path;
    const where = document.duplicates[i] ?? '';
    if (top !== 'trust_domains' || typeof name !== 'string' || path.length < 3)
      sheet.fail('B-21', `The member ${where} occurs twice; the whole map is refused.`);
    else inside.set(name, [...(inside.get(name) ?? []), where]);
  }
  return inside;
}

function readDocument(bytes: Bytes): MapDocument | string {
  if (bytes.length > limits.bundleBytes) return `The map has more than ${limits.bundleBytes} bytes.`;
  const json = parseJson(bytes);
  if (!json.ok) return json.problem.message;
  const { value, duplicates, duplicatePaths } = json.value;
  return isJsonObject(value)
    ? { object: value, duplicates, duplicatePaths }
    : 'The map is not a JSON object.';
}

function refuse(message: string): Judgement {
  const sheet = new Sheet([...BUNDLE_ROWS, 'B-21', 'B-22']);
  sheet.fail('B-21', message);
  return sheet.judgement('bundle-map', { type: 'none' }, '', true);
}
