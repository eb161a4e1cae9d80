import { utf8Decode } from './bytes.ts';
import { quote } from './display.ts';
import { limits } from './limits.ts';
import { type Parsed, parsed, refused } from './result.ts';

/** A number as it was written. 64-bit sequences do not survive a double, so the text is kept. */
export class JsonNumber {
  readonly raw: string;

  constructor(raw: string) {
    this.raw = raw;
  }

  /** The nearest double; may be infinite. */
  toNumber(): number {
    return Number(this.raw);
  }

  /** The exact value when written as an integer (no fraction, no exponent) of at most 400 digits. */
  toInteger(): bigint | undefined {
    return /^-?\d{1,400}$/u.test(this.raw) ? BigInt(this.raw) : undefined;
  }
}

/** Objects are Maps: a member called `constructor` or `__proto__` finds nothing but itself. */
export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

export interface JsonDocument {
  readonly value: JsonValue;
  /** Paths such as `keys[0].kty` of members that occur twice in one object; the last one is in `value`, as in RFC 7519 4. */
  readonly duplicates: readonly string[];
  /** The same places as member names and indexes from the top, for a reader who must tell one part from another. */
  readonly duplicatePaths: readonly JsonPath[];
}

export type JsonPath = readonly (string | number)[];

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Reads UTF-8 JSON (RFC 8259) strictly: no byte order mark, nothing after the value, depth at most 64. */
export function parseJson(input: Uint8Array | string): Parsed<JsonDocument> {
  const text = typeof input === 'string' ? input : utf8Decode(input);
  if (text === undefined) return refused('json-utf8', 'The text is not UTF-8.');
  const reader = new JsonReader(text);
  try {
    const value = reader.document();
    const { duplicates, duplicatePaths } = reader;
    return parsed({ value, duplicates, duplicatePaths });
  } catch (error) {
    if (error instanceof JsonError) return refused('json-syntax', error.message);
    throw error;
  }
}

class JsonError extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const ESCAPED_OR_CONTROL = /[^ -[\]-\uffff]/;
const HEX4 = /^[0-9a-fA-F]{4}$/u;
// JSON.parse turns no character class into another; only these single letters are escapes.
const ESCAPES = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
);

class JsonReader {
  readonly duplicates: string[] = [];
  readonly duplicatePaths: JsonPath[] = [];
  readonly #text: string;
  #at = 0;
  readonly #path: (string | number)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#stop('There is something after the JSON value');
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > limits.jsonDepth) this.#stop(`The JSON is nested more than ${limits.jsonDepth} deep`);
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return this.#string();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text)?.[0];
    if (number === undefined) this.#stop('A JSON value is missing or broken');
    this.#at += number.length;
    return new JsonNumber(number);
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    this.#at++;
    if (this.#take('}')) return members;
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#stop('A member name is missing');
      const name = this.#string();
      if (!this.#take(':')) this.#stop('A colon is missing after a member name');
      this.#path.push(name);
      const value = this.#value(depth + 1);
      if (members.has(name)) {
        if (this.duplicates.length < 20) {
          this.duplicates.push(this.#where());
          this.duplicatePaths.push([...this.#path]);
        }
      }
      members.set(name, value);
      this.#path.pop();
    } while (this.#take(','));
    if (!this.#take('}')) this.#stop('A closing brace is missing');
    return members;
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    if (this.#take(']')) return items;
    do {
      this.#path.push(items.length);
      items.push(this.#value(depth + 1));
      this.#path.pop();
    } while (this.#take(','));
    if (!this.#take(']')) this.#stop('A closing bracket is missing');
    return items;
  }

  #string(): string {
    let out = '';
    let from = ++this.#at;
    const end = this.#text.indexOf('"', from);
    const plain = this.#text.slice(from, Math.max(end, from));
    if (end >= 0 && !ESCAPED_OR_CONTROL.test(plain)) {
      this.#at = end + 1;
      return plain;
    }
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) this.#stop('A string is not closed');
      if (code < 0x20) this.#stop('A string has a raw control character');
      if (code === 0x22) break;
      if (code !== 0x5c) {
        this.#at++;
        continue;
      }
      out += this.#text.slice(from, this.#at) + this.#escape();
      from = this.#at;
    }
    out += this.#text.slice(from, this.#at++);
    return out;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!HEX4.test(digits)) this.#stop('A \\u escape is broken');
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const char = ESCAPES.get(letter);
    if (char === undefined) this.#stop('A string has an unknown escape');
    this.#at += 2;
    return char;
  }

  #take(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #where(): string {
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    return quote(path.replace(/^\./u, ''));
  }

  #stop(message: string): never {
    throw new JsonError(`${message} (at character ${this.#at}).`);
  }
}
