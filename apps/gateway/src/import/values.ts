import { columns } from './columns.ts';
import type { Kind } from './columns.ts';

/** A value made what its field takes, or the sentence that says why not. */
export type Value = { ok: true; value: unknown } | { ok: false; message: string };

const ok = (value: unknown): Value => ({ ok: true, value });
const bad = (message: string): Value => ({ ok: false, message });
const longestTtl = 2_147_483_647;
const longest = new Map([
  ['id', 255],
  ['hint', 1024],
]);
const mostItems = 100;

/** `cell`: out of CSV, where everything is text. */
export function valueOf(name: string, given: unknown, cell: boolean): Value {
  const kind = columns.get(name) ?? 'text';
  if (cell && typeof given === 'string') return fromCell(name, kind, given);
  return checked(name, kind, given);
}

function fromCell(name: string, kind: Kind, text: string): Value {
  if (kind === 'list') {
    const list = cellList(text);
    return list ? checked(name, kind, list) : bad('it begins with [ and is no JSON list of texts.');
  }
  if (kind === 'seconds') return text.trim() === '' ? ok(0) : checked(name, kind, text.trim());
  if (kind === 'flag') return checked(name, kind, text.trim().toLowerCase());
  return checked(name, kind, kind === 'time' || name !== 'hint' ? text.trim() : text);
}

/** One a line; or a JSON list; or apart by semicolons, which a value with one in it must not use. */
function cellList(text: string): string[] | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(trimmed);
      return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : undefined;
    } catch {
      return undefined;
    }
  }
  const parts = /[\r\n]/u.test(trimmed) ? trimmed.split(/\r\n|\n|\r/u) : trimmed.split(';');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function checked(name: string, kind: Kind, given: unknown): Value {
  switch (kind) {
    case 'text':
    case 'time':
      return kind === 'time' ? time(given) : text(name, given);
    case 'list':
      return list(given);
    case 'seconds':
      return seconds(given);
    case 'flag':
      return flag(given);
  }
}

function text(name: string, given: unknown): Value {
  if (typeof given !== 'string') return bad('expected text.');
  const most = longest.get(name) ?? 2048;
  return given.length > most ? bad(`at most ${most} characters.`) : ok(given);
}

function list(given: unknown): Value {
  // One selector may stand without its list.
  const items: unknown[] = typeof given === 'string' ? [given] : Array.isArray(given) ? given : [undefined];
  if (!items.every((item) => typeof item === 'string')) return bad('expected a list of texts.');
  if (items.length > mostItems) return bad(`at most ${mostItems}, and there are ${items.length}.`);
  return items.some((item) => item.length > 2048) ? bad('at most 2048 characters each.') : ok(items);
}

function seconds(given: unknown): Value {
  const number = typeof given === 'string' && /^-?\d{1,12}$/u.test(given) ? Number(given) : given;
  if (typeof number !== 'number' || !Number.isInteger(number))
    return bad('expected whole seconds, e.g. 3600; 0 or empty is the server’s default.');
  if (number < 0) return bad(`${number} is negative. Give seconds; 0 or empty is the server’s default.`);
  return number > longestTtl ? bad(`at most ${longestTtl} seconds.`) : ok(number);
}

const yes = new Set<unknown>([true, 'true', 'yes', '1']);
const no = new Set<unknown>([false, 'false', 'no', '0', '']);

function flag(given: unknown): Value {
  if (yes.has(given)) return ok(true);
  return no.has(given) ? ok(false) : bad('expected true or false.');
}

/** RFC 3339, or Unix seconds as SPIRE's own files have them; 0 is never. */
function time(given: unknown): Value {
  const unix = typeof given === 'string' && /^-?\d{1,15}$/u.test(given) ? Number(given) : given;
  if (typeof unix === 'number') {
    if (!Number.isInteger(unix)) return bad('expected whole seconds.');
    const date = new Date(unix * 1000);
    if (Number.isNaN(date.getTime())) return bad('no date is that far away.');
    return ok(unix === 0 ? '' : date.toISOString().replace('.000Z', 'Z'));
  }
  return typeof given === 'string' && given.length <= 40
    ? ok(given)
    : bad('expected a time such as 2027-01-31T12:00:00Z; empty is never.');
}
