const PAGES = [
  '/entries',
  '/entries/new',
  '/entries/import',
  '/agents',
  '/trust-domains',
  '/federation',
  '/authorities',
  '/expiry',
  '/workload',
  '/mint',
  '/generate',
  '/inspect',
  '/why',
  '/reach',
  '/health',
  '/history',
  '/channels',
  '/roster',
  '/network',
  '/owner-keys',
  '/activity',
  '/connections',
  '/sessions',
] as const;

export interface AppPath {
  to: (typeof PAGES)[number];
  search: Record<string, string>;
}

/** A link that the gateway made, as a page of ours; undefined for anything else: no data becomes an address (S-11). */
export function appPath(link: string): AppPath | undefined {
  const cut = link.indexOf('?');
  const to = PAGES.find((page) => page === (cut < 0 ? link : link.slice(0, cut)));
  return to && { to, search: Object.fromEntries(new URLSearchParams(cut < 0 ? '' : link.slice(cut))) };
}
