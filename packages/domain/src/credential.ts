import { type Bytes, concatBytes, toLatin1 } from './bytes.ts';
import { limits } from './limits.ts';

const LABEL_END = 'PRIVATE KEY-----';

/**
 * Takes the first private key out of a PEM file that holds it together with its certificates, as a credential bundle of
 * SPIFFE Filesystem Delivery 2.1 does. Undefined when there is none. What is wrong with either part is told where it is read.
 */
export function splitCredential(
  file: Bytes,
): { readonly certificates: Bytes; readonly key: Bytes } | undefined {
  if (file.length > limits.pemBytes) return undefined;
  const text = toLatin1(file);
  const label = text.indexOf(LABEL_END);
  const begin = text.lastIndexOf('-----BEGIN ', label);
  const close = text.indexOf('-----END ', label);
  const last = close < 0 ? -1 : text.indexOf(LABEL_END, close);
  if (label < 0 || begin < 0 || last < 0) return undefined;
  const end = last + LABEL_END.length;
  return {
    key: file.subarray(begin, end),
    certificates: concatBytes(file.subarray(0, begin), file.subarray(end)),
  };
}
