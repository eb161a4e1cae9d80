import { expect, it } from 'vitest';
import { isOnCurve } from './curve.ts';
import { readJwk } from './jwk.ts';
import { jwkOf, makeCertificate, makeKey } from './testing/certificates.ts';
import { parseCertificate } from './certificate.ts';

it.each(['P-256', 'P-384', 'P-521'] as const)(
  'knows the points of %s, in a JWK and in a certificate',
  async (curve) => {
    for (let i = 0; i < 4; i++) {
      const key = await makeKey(curve);
      const members = await jwkOf(key);
      const read = readJwk(new Map(Object.entries(members) as [string, string][]));
      if (!read.ok || read.value.type !== 'EC') throw new Error('not an EC key');
      const { x, y } = read.value;
      expect(isOnCurve(curve, x, y)).toBe(true);
      expect(isOnCurve(curve, y, x)).toBe(false);
      expect(
        isOnCurve(
          curve,
          x.map(() => 255),
          y,
        ),
      ).toBe(false);
      const swapped = new Map(Object.entries({ ...members, x: members['y'], y: members['x'] }));
      expect(readJwk(swapped as Map<string, string>).ok).toBe(false);
      const good = await makeCertificate({ key, signer: key });
      expect(parseCertificate(good).ok).toBe(true);
      const spki = new Uint8Array(key.spki);
      spki[spki.length - 1] = (spki.at(-1) ?? 0) ^ 1;
      const bad = await makeCertificate({ key: { ...key, spki }, signer: key });
      expect(parseCertificate(bad)).toMatchObject({ ok: false });
    }
  },
);
