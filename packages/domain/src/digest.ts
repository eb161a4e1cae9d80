import type { Bytes } from './bytes.ts';
import { cryptography } from './cryptography.ts';

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return cryptography().sha256(bytes);
}
