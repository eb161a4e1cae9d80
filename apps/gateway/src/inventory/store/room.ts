/** Bytes of a page of WebAssembly memory, and from how many bytes on an array gets its own. */
const page = 65_536;
const large = 1 << 20;

/**
 * Zeros for an array of so many bytes. A large one is mapped from the system by itself, by way of a WebAssembly
 * memory: given back it is gone at once, while the C library, once it has freed something as large, keeps whatever is
 * as large from then on and never gives it back (M_MMAP_THRESHOLD; 100 MB at a million entries).
 */
export function zeros(bytes: number): ArrayBuffer {
  if (bytes < large) return new ArrayBuffer(bytes);
  const pages = Math.ceil(bytes / page);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer;
  } catch {
    // No room for its guard pages, as under a limit of address space.
    return new ArrayBuffer(bytes);
  }
}

/** An array of zeros of four bytes each. */
export function uint32s(n: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(zeros(n * 4), 0, n);
}
