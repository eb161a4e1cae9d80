import { importLimits, splitImport } from '@muster/domain/import-split';

/** A file as it was given, in the parts it is planned in. */
export interface Source {
  /** Name of the file; empty: pasted. */
  name: string;
  /** UTF-16 units. */
  length: number;
  parts: readonly string[];
  /** Which of them is looked at. */
  part: number;
  /** Parts that were applied. */
  applied: readonly number[];
}

export type Taken = { ok: true; source: Source } | { ok: false; reason: string };

const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0)} MiB`;

/** Takes a file; one that is too large is refused by its size alone, before any of it is read (S-18). */
export async function takeFile(file: Pick<File, 'name' | 'size' | 'text'>): Promise<Taken> {
  if (file.size === 0) return { ok: false, reason: `${file.name} is empty.` };
  if (file.size > importLimits.fileBytes)
    return {
      ok: false,
      reason: `${file.name} has ${mib(file.size)}. Files of up to ${mib(importLimits.fileBytes)} are taken; split it, or import it with "muster import" piece by piece.`,
    };
  return takeText(await file.text(), file.name);
}

export function takeText(text: string, name = ''): Taken {
  // What has a zero byte is a spreadsheet or an archive, not a text.
  if (text.includes('\0'))
    return { ok: false, reason: `${name || 'This'} is no text. Save a spreadsheet as CSV first.` };
  const split = splitImport(text);
  if (!split.ok) return { ok: false, reason: `${name === '' ? '' : `${name}: `}${split.reason}` };
  return { ok: true, source: { name, length: text.length, parts: split.parts, part: 0, applied: [] } };
}
