import { decodeBase64 } from './base64.ts';
import { type Bytes, toLatin1 } from './bytes.ts';
import { type Parsed, parsed, refused } from './result.ts';

export interface PemBlock {
  readonly label: string;
  readonly bytes: Bytes;
}

/** True when the bytes hold a PEM boundary. */
export function looksLikePem(input: Uint8Array): boolean {
  return toLatin1(input.subarray(0, 1 << 20)).includes('-----BEGIN ');
}

/**
 * Reads every block of a PEM file (RFC 7468). Text before, between and after blocks is allowed, and so is every line
 * end of section 3 (CRLF, CR, LF). A broken boundary is an error and not text: otherwise a certificate could be hidden
 * by spoiling its first line.
 */
export function parsePem(input: Uint8Array): Parsed<readonly PemBlock[]> {
  const blocks: PemBlock[] = [];
  let label: string | undefined;
  let body: string[] = [];
  for (const raw of toLatin1(input).split(/\r\n|\r|\n/u)) {
    const line = raw.trimEnd();
    if (label === undefined) {
      const begin = boundary(line, 'BEGIN');
      if (begin !== undefined) {
        label = begin;
        body = [];
      } else if (/--\s*(?:BEGIN|END)\b/iu.test(line)) {
        return refused('pem-boundary', 'A PEM boundary line is broken or out of place.');
      }
      continue;
    }
    const end = boundary(line, 'END');
    if (end === undefined) {
      if (line.includes('-----'))
        return refused('pem-boundary', 'A PEM block is not closed before the next line of dashes.');
      // RFC 7468 2: white space inside the data is skipped.
      body.push(line.replace(/[ \t\v\f]+/gu, ''));
      continue;
    }
    if (end !== label) return refused('pem-label', 'A PEM block begins and ends with different labels.');
    const bytes = decodeBase64(body.join(''));
    if (!bytes || bytes.length === 0) return refused('pem-base64', 'A PEM block is not base64.');
    blocks.push({ label, bytes });
    label = undefined;
  }
  if (label !== undefined) return refused('pem-open', 'The last PEM block has no end.');
  return parsed(blocks);
}

function boundary(line: string, word: 'BEGIN' | 'END'): string | undefined {
  const start = `-----${word} `;
  if (!line.startsWith(start) || !line.endsWith('-----') || line.length < start.length + 6) return undefined;
  const label = line.slice(start.length, -5);
  return label.includes('-----') ? undefined : label;
}
