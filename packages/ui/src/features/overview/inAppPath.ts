const PAGES = [
  '/entries',
  '/agents',
  '/trust-domains',
  '/federation',
  '/authorities',
  '/expiry',
  '/inspect',
  '/channels',
  '/activity',
  '/connections',
  '/sessions',
] as const;

/** A link of the gateway as a page of ours; undefined for anything else, so no data becomes an address (S-11). */
export function inAppPath(
  link: string,
): { to: (typeof PAGES)[number]; search: Record<string, string> } | undefined {
  const cut = link.indexOf('?');
  const path = cut < 0 ? link : link.slice(0, cut);
  const to = PAGES.find((page) => page === path);
  return to && { to, search: Object.fromEntries(new URLSearchParams(cut < 0 ? '' : link.slice(cut))) };
}
