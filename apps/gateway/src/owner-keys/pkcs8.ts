import { createCipheriv, createPrivateKey, pbkdf2, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { CredentialError } from '../config/credential.ts';

const derive = promisify(pbkdf2);
/** OWASP's figure for PBKDF2-HMAC-SHA256; Node's own export takes OpenSSL's default of 2048. */
const iterations = 600_000;
/** More would keep the one thread of this gateway busy for seconds at somebody else's word. */
const mostIterations = 2_000_000;
const mostPem = 16 * 1024;

// DER of the object identifiers of RFC 8018: PBES2, PBKDF2, hmacWithSHA256; of NIST: aes256-CBC-PAD.
const pbes2 = Buffer.from('06092a864886f70d01050d', 'hex');
const pbkdf2Id = Buffer.from('06092a864886f70d01050c', 'hex');
const hmacSha256 = Buffer.from('06082a864886f70d02090500', 'hex');
const aes256Cbc = Buffer.from('060960864801650304012a', 'hex');

/** PKCS#8 of a key, encrypted by PBES2 (RFC 8018 6.2), as PEM. */
export async function encryptedPem(pkcs8: Uint8Array, passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = await derive(Buffer.from(passphrase, 'utf8'), salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  // Three bytes: DER takes no leading zeros.
  const number = Buffer.alloc(3);
  number.writeUIntBE(iterations, 0, 3);
  const kdf = der(0x30, pbkdf2Id, der(0x30, der(0x04, salt), der(0x02, number), der(0x30, hmacSha256)));
  const scheme = der(0x30, aes256Cbc, der(0x04, iv));
  const whole = der(0x30, der(0x30, pbes2, der(0x30, kdf, scheme)), der(0x04, sealed));
  const lines = whole.toString('base64').match(/.{1,64}/gu) ?? [];
  return ['-----BEGIN ENCRYPTED PRIVATE KEY-----', ...lines, '-----END ENCRYPTED PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

/**
 * The Ed25519 private key of a PEM, encrypted or not.
 * @throws {CredentialError} that says what is wrong, and holds nothing of the text
 */
export function readPem(pem: string, passphrase: string): KeyObject {
  const text = pem.trim();
  if (text.length > mostPem) throw new CredentialError('it is longer than a private key');
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n/u.exec(text)?.[1];
  if (label === undefined) throw new CredentialError('it is not PEM: it has no line “-----BEGIN …-----”');
  if (!text.endsWith(`-----END ${label}-----`))
    throw new CredentialError(`it does not end with “-----END ${label}-----”`);
  if (text.includes('-----BEGIN ', 1)) throw new CredentialError('there is more than one in it');
  if (label !== 'PRIVATE KEY' && label !== 'ENCRYPTED PRIVATE KEY')
    throw new CredentialError(
      `it is ${/^[AEIOU]/u.test(label) ? 'an' : 'a'} ${label}, not a PKCS#8 private key (“openssl pkcs8 -topk8” turns others into it)`,
    );
  const encrypted = label === 'ENCRYPTED PRIVATE KEY';
  if (encrypted && passphrase === '')
    throw new CredentialError('it is encrypted, and no passphrase is given');
  if (!encrypted && passphrase !== '')
    throw new CredentialError('a passphrase is given, but it is not encrypted');
  if (encrypted && costOf(text) > mostIterations)
    throw new CredentialError(`its encryption takes more than ${mostIterations.toLocaleString('en')} rounds`);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, format: 'pem', ...(encrypted ? { passphrase } : {}) });
  } catch {
    throw new CredentialError(
      encrypted ? 'the passphrase does not open it, or it is damaged' : 'it is damaged: PKCS#8 is expected',
    );
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new CredentialError(
      `it is ${keyWord(key.asymmetricKeyType)}; owners of channels have Ed25519 keys`,
    );
  return key;
}

const keyWord = (type: string | undefined): string => (type === undefined ? 'another key' : `an ${type} key`);

/** The largest number that stands in the parameters of the encryption: PBKDF2's rounds, scrypt's N. */
function costOf(pem: string): number {
  const whole = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/gu, ''), 'base64');
  let most = 0;
  const walk = (bytes: Buffer, depth: number): void => {
    for (let at = 0; at + 2 <= bytes.length;) {
      const tag = bytes[at] ?? 0;
      const first = bytes[at + 1] ?? 0;
      const more = first < 128 ? 0 : first & 0x7f;
      if (more > 4 || at + 2 + more > bytes.length) return;
      const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
      const content = bytes.subarray(at + 2 + more, at + 2 + more + length);
      if (tag === 0x02) {
        const number = content.length > 6 ? Number.POSITIVE_INFINITY : content.readUIntBE(0, content.length);
        most = Math.max(most, number);
      } else if (tag === 0x30 && depth < 8) walk(content, depth + 1);
      at += 2 + more + length;
    }
  };
  walk(whole, 0);
  return most;
}
