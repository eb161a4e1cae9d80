/** Saves a file from memory, under a name without folders and without a dot at its start. */
export function saveFile(name: string, mediaType: string, parts: BlobPart[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: mediaType }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name.replaceAll(/[^\w.-]/g, '-').replace(/^\.+/, '');
  anchor.click();
  // The download has begun by then; earlier some browsers would find nothing.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const saveText = (name: string, mediaType: string, text: string): void =>
  saveFile(name, mediaType, [text]);

/** Rows as CSV (RFC 4180). A cell that a spreadsheet would run as a formula gets an apostrophe before it (S-22). */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');

// Full-width signs too: some spreadsheets take them for the plain ones.
const FORMULA = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
