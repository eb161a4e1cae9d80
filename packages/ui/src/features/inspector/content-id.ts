const known = new WeakMap<Uint8Array, string>();

/** Tells contents apart that are held under several references; not for security. */
export function contentId(bytes: Uint8Array): string {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  // Two FNV-1a sums that begin apart.
  let [a, b] = [0x811c9dc5, 0x5bd1e995];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000193) ^ (b >>> 15);
  }
  const id = `${bytes.length}.${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
  known.set(bytes, id);
  return id;
}
