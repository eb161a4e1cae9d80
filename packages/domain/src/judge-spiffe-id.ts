import { type Bytes, toLatin1, utf8Decode } from './bytes.ts';
import { escapeText } from './display.ts';
import type { Judgement } from './judge-types.ts';
import { limits } from './limits.ts';
import { Sheet } from './sheet.ts';
import { parseSpiffeId } from './spiffe-id.ts';
import { type IdScan, scanSpiffeId } from './spiffe-id-scan.ts';

const ROWS = Array.from({ length: 19 }, (_, i) => `ID-${String(i + 1).padStart(2, '0')}`);
const HOST_ROWS: ReadonlySet<string> = new Set(['ID-07', 'ID-08', 'ID-09', 'ID-16', 'ID-17']);

/** Judges the bytes of a SPIFFE ID as they are: a line end at the end is part of them. */
export function judgeSpiffeId(input: Bytes): Judgement {
  const sheet = new Sheet(ROWS);
  const bytes = input.subarray(0, limits.spiffeIdBytes);
  const scan = scanSpiffeId(bytes);
  if (input.length > bytes.length) {
    // SHOULD NOT decides nothing, but what is not read to its end cannot be called valid.
    sheet.set('ID-15', 'fail', `The text has more than ${limits.spiffeIdBytes} bytes and is not read.`);
    return sheet.judgement('spiffe-id', { type: 'none' }, '', true);
  }
  for (const finding of scan.findings) sheet.set(finding.clause, finding.severity, finding.evidence);
  for (const id of ROWS) passRow(sheet, id, scan);
  const text = escapeText((utf8Decode(bytes) ?? toLatin1(bytes)).slice(0, 2200));
  const id = parseSpiffeId(bytes);
  const decoded = id.ok ? { text, trustDomain: id.value.trustDomain, path: id.value.path } : { text };
  return sheet.judgement('spiffe-id', { type: 'spiffe-id', id: decoded }, 'This is a valid SPIFFE ID.');
}

function passRow(sheet: Sheet, id: string, scan: IdScan): void {
  if (scan.findings.some((finding) => finding.clause === id) || sheet.verdictOf(id) === 'fail') return;
  if (scan.host === undefined && HOST_ROWS.has(id)) sheet.notApplicable(id, 'There is no trust domain.');
  else if (id === 'ID-17') sheet.pass(id, 'The name is not read as a DNS name or an IP address.');
  else if (id === 'ID-18') sheet.pass(id, 'Muster compares the path exactly, the rest in lower case.');
  else sheet.pass(id, 'Holds.');
}
