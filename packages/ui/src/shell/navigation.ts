/** The pages, in the order of the navigation. */
export const PAGES = [
  { to: '/', label: 'Overview', section: '' },
  { to: '/entries', label: 'Entries', section: 'Identity' },
  { to: '/agents', label: 'Agents', section: 'Identity' },
  { to: '/trust-domains', label: 'Trust domains', section: 'Identity' },
  { to: '/federation', label: 'Federation', section: 'Identity' },
  { to: '/authorities', label: 'Authorities', section: 'Identity' },
  { to: '/workload', label: 'Workload API', section: 'Identity' },
  { to: '/expiry', label: 'Expiry', section: 'Identity' },
  { to: '/mint', label: 'Mint an SVID', section: 'Identity' },
  { to: '/generate', label: 'Generate', section: 'Identity' },
  { to: '/inspect', label: 'SVID inspector', section: 'Inspect' },
  { to: '/why', label: 'Why no identity?', section: 'Inspect' },
  { to: '/reach', label: 'Why no message?', section: 'Inspect' },
  { to: '/health', label: 'Health', section: 'Inspect' },
  { to: '/history', label: 'History', section: 'Inspect' },
  { to: '/channels', label: 'Channels', section: 'Groups' },
  { to: '/approvals', label: 'Approvals', section: 'Groups' },
  { to: '/roster', label: 'Roster history', section: 'Groups' },
  { to: '/network', label: 'Network', section: 'Groups' },
  { to: '/owner-keys', label: 'Owner keys', section: 'Groups' },
  { to: '/activity', label: 'Activity', section: 'Console' },
  { to: '/connections', label: 'Connections', section: 'Console' },
  { to: '/sessions', label: 'Sessions', section: 'Console' },
] as const;

export type PagePath = (typeof PAGES)[number]['to'];
