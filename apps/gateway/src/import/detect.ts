import type { Format } from './types.ts';

/** Tells the format from the text: what begins as JSON is JSON, a first line with separators and no colon is CSV. */
export function detectFormat(text: string): Format {
  const start = text.replace(/^\ufeff?\s*/u, '');
  if (/^[[{]/u.test(start)) return isSpireData(start) ? 'spire-data' : 'json';
  const first = start.split(/[\r\n]/u, 1)[0] ?? '';
  if (/^(---|- |entries\s*:|#|%YAML)/u.test(first)) return 'yaml';
  if (/[,;\t]/u.test(first)) return 'csv';
  return /:\s|:$/u.test(first) ? 'yaml' : 'csv';
}

/** `spire-server entry create -data` takes an object with `entries`, selectors in two parts. */
function isSpireData(start: string): boolean {
  return start.startsWith('{') && /"selectors"\s*:\s*\[\s*\{/u.test(start.slice(0, 16_384));
}
