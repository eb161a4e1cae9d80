import { expect, it } from 'vitest';
import { utf8Encode } from './bytes.ts';
import { scanEveryByte, scanSpiffeId } from './spiffe-id-scan.ts';
import { randomNumbers } from './testing/fuzz-random.ts';

const PIECES = ['spiffe://', 'SPIFFE://', 'a', 'example.org', '/', '.', '..', '/a', '%41', ':8', '@', '?', '#', '_', '-', ' ', '\n', 'é', 'Z', '~', '\0', '/./', '/...']; // prettier-ignore

it('finds the same at one look and byte by byte', () => {
  const random = randomNumbers(7);
  let clean = 0;
  for (let round = 0; round < 20_000; round++) {
    const pieces = Array.from({ length: random(6) }, () => PIECES[random(PIECES.length)] ?? '');
    const text = `${random(3) > 0 ? 'spiffe://example.org' : ''}${pieces.join('')}`;
    const seen = scanSpiffeId(utf8Encode(text));
    expect(seen, text).toEqual(scanEveryByte(utf8Encode(text)));
    if (seen.findings.length === 0) clean++;
  }
  expect(clean).toBeGreaterThan(1000);
});

it('finds the same at every limit of length', () => {
  for (const host of [1, 254, 255, 256]) {
    for (const path of [0, 2047 - 9 - host, 2048 - 9 - host, 2049 - 9 - host]) {
      const text = `spiffe://${'a'.repeat(host)}${path > 1 ? `/${'b'.repeat(path - 1)}` : ''}`;
      expect(scanSpiffeId(utf8Encode(text)), `${host} ${path}`).toEqual(scanEveryByte(utf8Encode(text)));
    }
  }
});
