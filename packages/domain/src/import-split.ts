/** Limits of one plan of `entry.import`; what is larger is split before it is sent. */
export const importLimits = {
  /** UTF-8 bytes of one part. */
  partBytes: 4 * 1024 * 1024,
  /** Rows of one part. */
  partRows: 20_000,
  /** Bytes of a file that is read at all; checked before reading. */
  fileBytes: 32 * 1024 * 1024,
} as const;

export type Split = { ok: true; parts: string[] } | { ok: false; reason: string };

/**
 * Splits CSV between records and JSON between elements, so that each part is a file of its own. Lines keep their
 * numbers: each part begins with as many empty lines as rows went before. YAML cannot be cut without reading it.
 */
export function splitImport(
  text: string,
  limits: { partBytes: number; partRows: number } = importLimits,
): Split {
  const start = text.replace(/^\ufeff/, '');
  const json = /^\s*[[{]/.test(start);
  if (byteLength(start) <= limits.partBytes && (json || breaks(start) <= limits.partRows))
    return { ok: true, parts: [start] };
  if (json) return splitJson(start, limits);
  const first = start.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  if (!/[,;\t]/.test(first) || /^(- |---|entries\s*:|#)/.test(first)) {
    const most = limits.partBytes / 1_048_576;
    return {
      ok: false,
      reason: `It is larger than ${most} MiB, and only CSV and JSON can be split for you. Write it as one of these, or split it into files of at most ${most} MiB.`,
    };
  }
  return splitCsv(start, limits);
}

function splitCsv(text: string, limits: { partBytes: number; partRows: number }): Split {
  const records = csvRecords(text);
  const head = records[0] ?? '';
  return gather(
    records.slice(1),
    0,
    limits,
    (lines, part) => `${head}${'\n'.repeat(lines)}${part.join('')}`,
    byteLength(head),
  );
}

/** Records with their line ends; a quote keeps line ends within a record. */
function csvRecords(text: string): string[] {
  const out: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 34) quoted = !quoted;
    else if (char === 10 && !quoted) {
      out.push(text.slice(from, at + 1));
      from = at + 1;
    }
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

function splitJson(text: string, limits: { partBytes: number; partRows: number }): Split {
  const elements = jsonElements(text, /^\s*\[/.test(text) ? 1 : 2);
  if (elements.length === 0) return { ok: false, reason: 'It has no list of entries that could be split.' };
  const [first] = elements;
  return gather(
    elements.map(({ text: one }) => one),
    first ? breaks(text.slice(0, first.from)) : 0,
    limits,
    (lines, part) => `[${'\n'.repeat(lines)}${part.join(',').replace(/,(\s*)$/, '$1')}]`,
    2,
  );
}

/** The objects at a depth, each with the space before it, so that its line can be told. */
function jsonElements(text: string, depth: number): { from: number; text: string }[] {
  const out: { from: number; text: string }[] = [];
  let level = 0;
  let quoted = false;
  let from = -1;
  let last = -1;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 92) at += 1;
      else if (char === 34) quoted = false;
    } else if (char === 34) quoted = true;
    else if (char === 123 || char === 91) {
      if (level === depth && char === 123) from = at;
      level += 1;
    } else if (char === 125 || char === 93) {
      level -= 1;
      if (level === depth && char === 125 && from >= 0) {
        const between = last < 0 ? '' : text.slice(last, from).replaceAll(/[^\n]/g, '');
        out.push({ from, text: between + text.slice(from, at + 1) });
        last = at + 1;
        from = -1;
      }
    }
  }
  return out;
}

function gather(
  items: readonly string[],
  linesBefore: number,
  { partBytes, partRows }: { partBytes: number; partRows: number },
  write: (lines: number, part: readonly string[]) => string,
  overhead: number,
): Split {
  const parts: string[] = [];
  let part: string[] = [];
  let bytes = 0;
  // Line ends of all that went before a part, but those of a head that each part has itself.
  let lines = linesBefore;
  let partLines = 0;
  const flush = () => {
    if (part.length > 0) parts.push(write(lines, part));
    lines += partLines;
    part = [];
    bytes = 0;
    partLines = 0;
  };
  for (const item of items) {
    const size = byteLength(item) + 1;
    if (size + overhead + lines > partBytes)
      return { ok: false, reason: 'One row alone is larger than a part may be.' };
    if (part.length >= partRows || bytes + size + overhead + lines > partBytes) flush();
    part.push(item);
    bytes += size;
    partLines += breaks(item);
  }
  flush();
  return { ok: true, parts };
}

const breaks = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};

/** UTF-8 bytes, without making them. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
