/** The pages, in the order of the navigation. */
export const PAGES = [
  { to: '/', label: 'Overview', section: '' },
  { to: '/entries', label: 'Entries', section: 'Identity' },
  { to: '/agents', label: 'Agents', section: 'Identity' },
  { to: '/trust-domains', label: 'Trust domains', section: 'Identity' },
  { to: '/inspect', label: 'SVID inspector', section: 'Inspect' },
  { to: '/channels', label: 'Channels', section: 'Groups' },
  { to: '/activity', label: 'Activity', section: 'Console' },
  { to: '/connections', label: 'Connections', section: 'Console' },
  { to: '/sessions', label: 'Sessions', section: 'Console' },
] as const;

export type PagePath = (typeof PAGES)[number]['to'];
