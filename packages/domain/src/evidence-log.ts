import { at, evidenceLimits, listAt, textAt, type Workload } from './evidence-values.ts';
import { isJsonObject, type JsonValue, parseJson } from './json.ts';
import { parseSelector } from './selector.ts';

const attested = /(?:PID|Reference) attested to have selectors/u;
const refusedIdentity = /No identity issued/u;

/** True for text with a line in which an agent says what it attested. */
export function isAgentLog(text: string): boolean {
  return attested.test(text) || (refusedIdentity.test(text) && /selectors/u.test(text));
}

/**
 * Lines that a SPIRE agent writes at debug level, `msg="PID attested to have selectors"`, as text or JSON; and its
 * `No identity issued` when `log_selectors` is set. Newest line first; a process that asks again is read once.
 */
export function readAgentLog(text: string): { workloads: Workload[]; notes: string[] } {
  const notes: string[] = [];
  const found = new Map<string, Workload>();
  let seen = 0;
  for (const line of text.split('\n').toReversed()) {
    const whole = attested.test(line);
    if (!whole && !(refusedIdentity.test(line) && line.includes('selectors'))) continue;
    seen++;
    const read = line.trimStart().startsWith('{') ? fromJsonLine(line) : fromTextLine(line);
    if (!read || read.selectors.length === 0) {
      notes.push('A line says that selectors were attested, but they could not be read from it.');
      continue;
    }
    const name = read.pid === '' ? 'process' : `process ${read.pid}`;
    // The line without a whole list counts only where there is no better one.
    if (found.has(name) || found.size >= evidenceLimits.workloads) continue;
    found.set(name, { name, selectors: read.selectors, unknown: whole ? [] : ['*'] });
    if (!whole) notes.push('“No identity issued” names only the selectors that log_selectors lets it.');
  }
  if (seen > found.size && found.size > 0) notes.push(`Of ${seen} lines the newest of each process is used.`);
  return { workloads: [...found.values()], notes: [...new Set(notes)] };
}

interface Line {
  pid: string;
  selectors: { type: string; value: string }[];
}

function fromJsonLine(line: string): Line | undefined {
  const read = parseJson(line.trim());
  if (!read.ok || !isJsonObject(read.value.value)) return undefined;
  const { value } = read.value;
  const list = at(value, 'selectors');
  return {
    pid: textAt(value, 'pid'),
    selectors: typeof list === 'string' ? listed(list) : listAt(value, 'selectors').flatMap(pairOf),
  };
}

function pairOf(value: JsonValue): { type: string; value: string }[] {
  const [type, rest] = [textAt(value, 'type'), textAt(value, 'value')];
  return type === '' || rest === '' ? [] : [{ type, value: rest }];
}

/** logrus writes `selectors="[type:\"unix\" value:\"uid:1000\" …]"`; prototext puts one or two spaces between. */
function fromTextLine(line: string): Line | undefined {
  const start = line.search(/\bselectors=/u);
  if (start < 0) return undefined;
  const rest = line.slice(start + 'selectors='.length);
  const text = rest.startsWith('"') ? unquote(rest) : (rest.split(/\s\w+=/u)[0] ?? '');
  const pid = /\bpid=(\d+)/u.exec(line)?.[1] ?? '';
  const selectors: Line['selectors'] = [];
  // Both strings are matched without nested repeats: linear in the line's length (S-37).
  for (const match of text.matchAll(/type:("(?:[^"\\]|\\.)*")\s+value:("(?:[^"\\]|\\.)*")/gu)) {
    const [type, value] = [unquote(match[1] ?? ''), unquote(match[2] ?? '')];
    if (type !== '' && value !== '') selectors.push({ type, value });
  }
  return { pid, selectors: selectors.length > 0 ? selectors : listed(text) };
}

/** Go's quoted string at the start of a text; what stands behind it is left alone. */
function unquote(text: string): string {
  const simple = new Map([
    ['n', '\n'],
    ['t', '\t'],
    ['r', '\r'],
  ]);
  let out = '';
  for (let index = 1; index < text.length; index++) {
    const char = text[index] ?? '';
    if (char === '"') return out;
    if (char !== '\\') {
      out += char;
      continue;
    }
    index += 1;
    const next = text[index] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[next];
    if (digits === undefined) out += simple.get(next) ?? next;
    else {
      const code = Number.parseInt(text.slice(index + 1, index + 1 + digits), 16);
      out += code <= 0x10_ff_ff ? String.fromCodePoint(code) : '';
      index += digits;
    }
  }
  return out;
}

/** `unix:uid:1000,unix:gid:1000`: a comma begins a new selector where a type follows. */
function listed(text: string): Line['selectors'] {
  return text.split(/,(?=[A-Za-z0-9_-]+:)/u).flatMap((one) => {
    const read = parseSelector(one.trim());
    return read.ok ? [{ ...read.value }] : [];
  });
}
