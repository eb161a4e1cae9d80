/** Last segment of the ID, as a file may be called. */
export function fileName(spiffeId: string): string {
  const last = spiffeId.split('/').at(-1) ?? '';
  return last.replaceAll(/[^A-Za-z0-9._-]/gu, '-').replace(/^\.+/u, '') || 'svid';
}
