/** An HCL value, as SPIRE and spiffe-helper read it. `raw` is written as it stands: an octal mode. */
export type HclValue = string | number | boolean | { raw: string } | HclValue[] | Map<string, HclValue>;
export type HclItem =
  | { kind: 'attribute'; name: string; value: HclValue }
  | { kind: 'block'; name: string; labels: string[]; body: HclItem[] }
  | { kind: 'comment'; text: string };

export const attribute = (name: string, value: HclValue): HclItem => ({ kind: 'attribute', name, value });
export const block = (name: string, body: HclItem[], ...labels: string[]): HclItem => ({
  kind: 'block',
  name,
  labels,
  body,
});
export const comment = (text: string): HclItem => ({ kind: 'comment', text });

/** Writes HCL, indented by four. */
export function writeHcl(items: readonly HclItem[], indent = ''): string {
  return items
    .map((item) => {
      if (item.kind === 'comment') return `${indent}# ${item.text.replaceAll(/\s+/gu, ' ')}\n`;
      if (item.kind === 'attribute') return `${indent}${item.name} = ${writeValue(item.value)}\n`;
      const head = [item.name, ...item.labels.map(quoted)].join(' ');
      if (item.body.length === 0) return `${indent}${head} {}\n`;
      return `${indent}${head} {\n${writeHcl(item.body, `${indent}    `)}${indent}}\n`;
    })
    .join('');
}

function writeValue(value: HclValue): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Map)
    return `{ ${[...value].map(([name, one]) => `${name} = ${writeValue(one)}`).join(', ')} }`;
  if (Array.isArray(value)) return `[${value.map(writeValue).join(', ')}]`;
  return typeof value === 'object' ? value.raw : String(value);
}

/** JSON's escapes, and no interpolation: `${` would be one. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('${', '$${');

/** Reads back what `writeHcl` writes; throws at the first thing that is no HCL. Attributes by dotted path. */
export function readHcl(text: string): Map<string, HclValue> {
  const out = new Map<string, HclValue>();
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): string => tokens[at] ?? '';
  const take = (): string => {
    const token = tokens[at];
    if (token === undefined) throw new Error('it ends too early');
    at += 1;
    return token;
  };
  const expect = (token: string): void => {
    const found = take();
    if (found !== token) throw new Error(`expected ${token}, found ${found}`);
  };
  const value = (): HclValue => {
    const token = take();
    if (token.startsWith('"')) return (JSON.parse(token) as string).replaceAll('$${', '${');
    if (token === 'true' || token === 'false') return token === 'true';
    if (/^0[0-7]+$/u.test(token)) return { raw: token };
    if (/^-?\d+(\.\d+)?$/u.test(token)) return Number(token);
    if (token === '[') {
      const list: HclValue[] = [];
      while (peek() !== ']') {
        list.push(value());
        if (peek() !== ']') expect(',');
      }
      expect(']');
      return list;
    }
    if (token === '{') {
      const map = new Map<string, HclValue>();
      while (peek() !== '}') {
        const name = take();
        expect('=');
        map.set(name, value());
        if (peek() === ',') take();
      }
      expect('}');
      return map;
    }
    throw new Error(`no value begins with ${token}`);
  };
  const body = (prefix: string, end: string): void => {
    while (peek() !== end) {
      const name = take();
      if (!/^[A-Za-z_][\w-]*$/u.test(name)) throw new Error(`${name} is no name`);
      if (peek() === '=') {
        take();
        const path = `${prefix}${name}`;
        if (out.has(path)) throw new Error(`${path} is there twice`);
        out.set(path, value());
        continue;
      }
      let path = `${prefix}${name}`;
      while (peek().startsWith('"')) path += ` ${take()}`;
      expect('{');
      body(`${path}.`, '}');
      expect('}');
      out.set(path, new Map());
    }
  };
  body('', '');
  return out;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = /\s+|#[^\n]*|("(?:[^"\\\n]|\\.)*"|[A-Za-z0-9_.-]+|[[\]{}=,])/uy;
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new Error(`nothing known begins at character ${from}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}
