/** Text that is markup already. Only `markup` makes it, so that nothing else can get in unescaped. */
export class Markup {
  readonly #text: string;

  /** For `markup` and constants of ours: `text` is taken as it is. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = string | number | Markup | readonly Value[];

/** Markup from a template. Every value that is no markup is escaped, for text and for quoted attributes. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let out = strings[0] ?? '';
  for (const [index, value] of values.entries()) out += written(value) + (strings[index + 1] ?? '');
  return new Markup(out);
}

function written(value: Value): string {
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'string') return escapeMarkup(value);
  return typeof value === 'number' ? String(value) : value.map(written).join('');
}

/** Also right for XML. Controls have been made visible before (report-redact.ts). */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** One under the other. */
export function lines(...parts: readonly (Markup | readonly Markup[])[]): Markup {
  return new Markup(parts.flat().map(String).join('\n'));
}
