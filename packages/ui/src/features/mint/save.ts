/** Saves text as a file from memory: nothing of it goes through the gateway. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/x-pem-file' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: the browser still reads it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Last segment of the ID, as a file may be called. */
export function fileName(spiffeId: string): string {
  const last = spiffeId.split('/').at(-1) ?? '';
  return last.replaceAll(/[^A-Za-z0-9._-]/gu, '-').replace(/^\.+/u, '') || 'svid';
}
