/** The window's rules, as functions of plain values: what is not allowed here is denied. */

/** True only for an address of exactly this origin; `http://127.0.0.1:80@evil` and the like are not. */
export function isOurs(address: string, origin: string): boolean {
  try {
    const url = new URL(address);
    return url.origin === origin && url.username === '' && url.password === '';
  } catch {
    return false;
  }
}

export interface FrameFacts {
  readonly url: string;
  readonly processId: number;
  readonly routingId: number;
}

/** S-30: a message counts only when it comes from the window's own main frame, showing our own page. */
export function mayTakeSecret(
  sender: FrameFacts | null,
  mainFrame: FrameFacts,
  origin: string | undefined,
): boolean {
  return (
    sender !== null &&
    origin !== undefined &&
    sender.processId === mainFrame.processId &&
    sender.routingId === mainFrame.routingId &&
    isOurs(sender.url, origin)
  );
}

/**
 * Everything is denied but writing text to the clipboard from our own page: the commands that every action shows
 * are there to be copied.
 */
export function mayUse(permission: string, requester: string, origin: string | undefined): boolean {
  return permission === 'clipboard-sanitized-write' && origin !== undefined && isOurs(requester, origin);
}

/** The window talks to its own gateway and to nothing else, whatever the page asks for. */
export function mayLoad(address: string, origin: string | undefined): boolean {
  if (/^(?:data|blob|devtools|chrome-devtools|about):/u.test(address)) return true;
  return origin !== undefined && isOurs(address.replace(/^ws:/u, 'http:'), origin);
}

/** Files leave the window only when our page made them itself. */
export function mayDownload(address: string, origin: string | undefined): boolean {
  return origin !== undefined && address.startsWith(`blob:${origin}/`);
}
