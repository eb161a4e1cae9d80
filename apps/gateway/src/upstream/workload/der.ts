/** Splits concatenated DER certificates by their ASN.1 lengths; stops at the first that is not whole. */
export function splitDer(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length && parts.length < 100) {
    if (bytes[at] !== 0x30) break;
    const first = bytes[at + 1] ?? 0;
    let length = first;
    let header = 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4 || at + 2 + count > bytes.length) break;
      length = 0;
      for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[at + 2 + index] ?? 0);
      header = 2 + count;
    }
    const end = at + header + length;
    if (end > bytes.length) break;
    parts.push(bytes.slice(at, end));
    at = end;
  }
  return parts;
}

/** Each certificate as its own PEM block. */
export function toPem(certificates: readonly Uint8Array[]): string {
  return certificates
    .map((der) => {
      const lines =
        Buffer.from(der)
          .toString('base64')
          .match(/.{1,64}/gu) ?? [];
      return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
    })
    .join('');
}
