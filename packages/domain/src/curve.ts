import { type Bytes, toHex } from './bytes.ts';

/** Prime and coefficient b of the NIST curves (FIPS 186-4 D.1.2); a is −3 for all of them. */
const CURVE_FIELDS = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
} as const;

/** True when (x, y) solves y² = x³ − 3x + b. A pair of numbers that does not is nobody's public key. */
export function isOnCurve(curve: keyof typeof CURVE_FIELDS, x: Bytes, y: Bytes): boolean {
  const { p, b } = CURVE_FIELDS[curve];
  const px = BigInt(`0x${toHex(x)}`);
  const py = BigInt(`0x${toHex(y)}`);
  return px < p && py < p && (py * py - px * px * px + 3n * px - b) % p === 0n;
}
