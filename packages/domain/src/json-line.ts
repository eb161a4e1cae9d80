import { decodeBase64 } from './base64.ts';
import type { Bytes } from './bytes.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { judge } from './judge.ts';
import { type JudgeInput, kinds } from './judge-types.ts';

/** One line of output of `verify --jsonl`. */
interface JsonLineResult {
  readonly id: string | number | null;
  readonly verdict: 'valid' | 'invalid' | 'skip';
  readonly fails: readonly string[];
  readonly warns: readonly string[];
}

/**
 * Judges one line `{id, kind, input_b64, key_b64?, previous_b64?, bundles, trust_domain?, audience?, evaluation_time}`
 * and answers one line `{id, verdict, fails, warns}`. A document that cannot be read is `invalid`, with the row that
 * says so. A line that is itself broken, or asks for an unknown kind, is `skip`, with the id when it can be read:
 * nothing was judged, so nothing may look judged.
 */
export async function judgeJsonLine(line: string): Promise<string> {
  const json = parseJson(line);
  const request = json.ok && isJsonObject(json.value.value) ? json.value.value : undefined;
  const id = idOf(request?.get('id'));
  const clean = json.ok && json.value.duplicates.length === 0;
  const input = request && clean ? readRequest(request) : undefined;
  if (!input) return print({ id, verdict: 'skip', fails: [], warns: [] });
  const { verdict, fails, warns } = await judge({ ...input, decode: false });
  return print({ id, verdict: verdict === 'unreadable' ? 'invalid' : verdict, fails, warns });
}

/** Text, or a number that comes back as it was. */
function idOf(value: JsonValue | undefined): string | number | null {
  if (typeof value === 'string') return value;
  const number = value instanceof JsonNumber ? value.toNumber() : Number.NaN;
  return Number.isSafeInteger(number) ? number : null;
}

function print(result: JsonLineResult): string {
  return JSON.stringify(result);
}

function readRequest(request: JsonObject): JudgeInput | undefined {
  const kindText = request.get('kind');
  const kind = kinds.find((known) => known === kindText);
  const input = bytesOf(request, 'input_b64');
  const key = bytesOf(request, 'key_b64');
  const previous = bytesOf(request, 'previous_b64');
  const trustDomain = textOf(request, 'trust_domain');
  const audience = textOf(request, 'audience');
  const bundles = bundlesOf(request);
  const at = timeOf(request);
  if (!kind || !(input instanceof Uint8Array) || !bundles || !at) return undefined;
  if (key === null || previous === null || trustDomain === null || audience === null) return undefined;
  return {
    kind,
    input,
    bundles,
    at,
    ...(key ? { key } : {}),
    ...(previous ? { previous } : {}),
    ...(trustDomain === undefined ? {} : { trustDomain }),
    ...(audience === undefined ? {} : { audience }),
  };
}

/** Undefined when absent, null when present and wrong. */
function textOf(request: JsonObject, name: string): string | undefined | null {
  const value = request.get(name) ?? undefined;
  return value === undefined || typeof value === 'string' ? value : null;
}

function bytesOf(request: JsonObject, name: string): Bytes | undefined | null {
  const text = textOf(request, name);
  return typeof text === 'string' ? (decodeBase64(text) ?? null) : text;
}

function bundlesOf(request: JsonObject): ReadonlyMap<string, Bytes> | undefined {
  const value = request.get('bundles') ?? new Map();
  if (!isJsonObject(value)) return undefined;
  const bundles = new Map<string, Bytes>();
  for (const [name, text] of value) {
    const bytes = typeof text === 'string' ? decodedBundle(text) : undefined;
    if (!bytes) return undefined;
    bundles.set(name, bytes);
  }
  return bundles;
}

/** Line after line brings the same bundle. Only ever read, so one copy serves all. */
const bundleTexts = new Map<string, Bytes>();

function decodedBundle(text: string): Bytes | undefined {
  const known = bundleTexts.get(text);
  if (known) return known;
  const bytes = decodeBase64(text);
  if (!bytes || text.length > 64 * 1024) return bytes;
  if (bundleTexts.size >= 32) bundleTexts.clear();
  bundleTexts.set(text, bytes);
  return bytes;
}

let lastTime: { readonly text: string; readonly at: Date } | undefined;

/** RFC 3339 with an offset. Date alone would also take forms that mean local time. */
function timeOf(request: JsonObject): Date | undefined {
  const text = request.get('evaluation_time');
  // Line after line is judged for the same moment.
  if (text === lastTime?.text) return lastTime?.at;
  if (
    typeof text !== 'string' ||
    !/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/u.test(text)
  )
    return undefined;
  const at = new Date(text.toUpperCase());
  if (Number.isNaN(at.getTime())) return undefined;
  lastTime = { text, at };
  return at;
}
