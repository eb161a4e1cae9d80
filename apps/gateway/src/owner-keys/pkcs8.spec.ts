import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPem } from './pkcs8.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const plain = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const locked = (cipher: string) =>
  privateKey.export({ format: 'pem', type: 'pkcs8', cipher, passphrase: 'open sesame' }) as string;

describe('the PEM of an owner key', () => {
  it('is read, encrypted or not, with other line ends and blanks around', () => {
    expect(readPem(`\n ${plain.replaceAll('\n', '\r\n')} `, '').asymmetricKeyType).toBe('ed25519');
    for (const cipher of ['aes-256-cbc', 'aes-128-cbc', 'des-ede3-cbc'])
      expect(readPem(locked(cipher), 'open sesame').equals(privateKey), cipher).toBe(true);
  });

  it.each([
    ['nothing', '', /not PEM/u],
    ['a public key', publicKey.export({ format: 'pem', type: 'spki' }) as string, /a PUBLIC KEY, not/u],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      }) as string,
      /an rsa key; owners of channels have Ed25519/u,
    ],
    [
      'an EC key of SEC 1',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
        format: 'pem',
        type: 'sec1',
      }) as string,
      /an EC PRIVATE KEY, not a PKCS#8/u,
    ],
    ['two keys', plain + plain, /more than one/u],
    ['a cut one', plain.slice(0, 60), /does not end with/u],
    ['a long one', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(20_000)}`, /longer than/u],
  ])('%s: says what is wrong, and repeats nothing of it', (_what, pem, words) => {
    expect(() => readPem(pem, '')).toThrow(words);
    try {
      readPem(pem, '');
    } catch (error) {
      const text = (error as Error).message;
      for (const line of pem.split('\n').filter((one) => one.length > 20 && !one.startsWith('-')))
        expect(text).not.toContain(line.slice(0, 20));
    }
  });

  it('needs its passphrase, the right one, and none where there is nothing to open', () => {
    expect(() => readPem(locked('aes-256-cbc'), '')).toThrow(/no passphrase is given/u);
    expect(() => readPem(locked('aes-256-cbc'), 'wrong')).toThrow(/does not open it/u);
    expect(() => readPem(plain, 'open sesame')).toThrow(/it is not encrypted/u);
  });

  it('S-18: is not opened where that would take the gateway’s time', () => {
    const body = Buffer.from(locked('aes-256-cbc').replaceAll(/-----[^-]+-----|\s/gu, ''), 'base64');
    // PBKDF2's 2048 rounds (INTEGER, two bytes) become four bytes; lengths around it follow.
    const at = body.indexOf(Buffer.from('02020800', 'hex'));
    expect(at).toBeGreaterThan(0);
    const rounds = Buffer.from('02047fffffff', 'hex');
    const grown = Buffer.concat([body.subarray(0, at), rounds, body.subarray(at + 4)]);
    for (let n = 0; n < at; n += 1) {
      // Each SEQUENCE that reaches over the number has a length of one byte, below 0x80, here.
      const length = grown[n + 1] ?? 0;
      if (grown[n] === 0x30 && length < 0x7e && n + 2 + length > at) grown[n + 1] = length + 2;
    }
    const lengthAt = grown.indexOf(0x81);
    if (lengthAt >= 0 && lengthAt < 4) grown[lengthAt + 1] = (grown[lengthAt + 1] ?? 0) + 2;
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${grown.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`;
    const began = performance.now();
    expect(() => readPem(pem, 'open sesame')).toThrow(/more than 2,000,000 rounds/u);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
