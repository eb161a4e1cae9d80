import { keyParams, makeCertificationRequest, type RequestKey, toPem } from '@muster/domain';

/** A private key that this window made. Only a person's gesture turns it into text. */
export interface SealedKey {
  kind: RequestKey;
  /** A request for a certificate of it, PEM. */
  csr: string;
  /** The key, PKCS#8 PEM. Only when a person saves it. */
  reveal: () => Promise<string>;
  /** What is left of it can be opened by nothing after this. */
  forget: () => void;
}

const sealing = { name: 'AES-GCM', length: 256 } as const;

/**
 * Makes a key and a request for it. WebCrypto cannot make a key exportable later, so it is kept sealed: encrypted by
 * another key that this window cannot read out either. The request is signed, and the key's own handle dropped.
 */
export async function makeSealedKey(
  kind: RequestKey,
  spiffeId: string,
  dnsNames: readonly string[],
): Promise<SealedKey> {
  const { subtle } = crypto;
  const made = (await subtle.generateKey(keyParams(kind), true, ['sign', 'verify'])) as CryptoKeyPair;
  const csr = await makeCertificationRequest(made, spiffeId, dnsNames);
  let seal: CryptoKey | undefined = await subtle.generateKey(sealing, false, ['wrapKey', 'unwrapKey']);
  const by = { name: 'AES-GCM', iv: crypto.getRandomValues(new Uint8Array(12)) };
  let sealed: ArrayBuffer | undefined = await subtle.wrapKey('pkcs8', made.privateKey, seal, by);
  return {
    kind,
    csr,
    async reveal() {
      if (!seal || !sealed) throw new Error('The key was forgotten. Mint another.');
      const key = await subtle.unwrapKey('pkcs8', sealed, seal, by, keyParams(kind), true, ['sign']);
      const bytes = new Uint8Array(await subtle.exportKey('pkcs8', key));
      const pem = toPem('PRIVATE KEY', bytes);
      bytes.fill(0);
      return pem;
    },
    forget() {
      seal = undefined;
      sealed = undefined;
    },
  };
}
