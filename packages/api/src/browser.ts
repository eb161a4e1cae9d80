/** Whether a sign-in link can be opened here: not in a CI job, and on Linux only where there is a display. */
export function hasBrowser(env: Readonly<Record<string, string | undefined>>, platform: string): boolean {
  if (env.CI || env.BROWSER === 'none') return false;
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** A command and its first arguments; the file to open follows. */
export function openerOf(platform: string): [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}

/** A page that leads to the link: argv can be read by other users, a file of ours cannot. */
export const pageTo = (link: string): string =>
  `<!doctype html><meta http-equiv="refresh" content="0;url=${link}"><title>Muster</title>\n`;
