/** Search parameters as the URL holds them: plain text, nothing nested, empty left out. */
export type TextSearch = Record<string, string>;

const MAX = 2000;

export function parseSearch(text: string): TextSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search))
    if (value !== undefined && value !== '') params.set(key, String(value));
  // A slash and a colon may stand in a query, and names are read with them.
  // Not the last slash: the router takes addresses that differ in it for one, and would not go there.
  const text = params
    .toString()
    .replaceAll(/%2F(?!$)/gu, '/')
    .replaceAll('%3A', ':');
  return text ? `?${text}` : '';
}

/** Keeps the named parameters that are short text; an address can be written by anyone. */
export function textParams<const Name extends string>(...names: readonly Name[]) {
  return (search: Record<string, unknown>): { [key in Name]?: string } => {
    const kept: { [key in Name]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === 'string' && value !== '' && value.length <= MAX) kept[name] = value;
    }
    return kept;
  };
}

/** Every text parameter, for a feature that owns its own. */
export function anyText(search: Record<string, unknown>): { [name: string]: string | undefined } {
  return textParams(...Object.keys(search))(search);
}

/** `<connection>/<entry id>`, as the URL names an entry. */
export const entryKey = (entry: { connection: string; id: string }): string =>
  `${entry.connection}/${entry.id}`;

export function readEntryKey(key: string | undefined): { connection: string; id: string } | undefined {
  const cut = key?.indexOf('/') ?? -1;
  return key && cut >= 0 ? { connection: key.slice(0, cut), id: key.slice(cut + 1) } : undefined;
}
