/** Saves text as a file, under a name without folders. */
export function saveText(name: string, mediaType: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name.replaceAll(/[^\w.-]/g, '-');
  anchor.click();
  // The download has begun by then; earlier some browsers would find nothing.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Rows as CSV. A cell that a spreadsheet would run as a formula gets an apostrophe before it (S-22). */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
