import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
  type RouterHistory,
} from '@tanstack/react-router';
import { EntriesPage } from './features/entries/EntriesPage.tsx';
import { OverviewPage } from './features/overview/OverviewPage.tsx';
import { anyText, parseSearch, stringifySearch, textParams } from './routes.ts';
import { NotFound } from './shell/NotFound.tsx';
import { PageFailed } from './shell/PageFailed.tsx';
import { Shell } from './shell/Shell.tsx';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageFailed,
  // The trust domain in scope goes along from page to page, and with every copied link.
  validateSearch: textParams('td'),
  search: { middlewares: [retainSearchParams(['td'])] },
});
const at = { getParentRoute: () => root, errorComponent: PageFailed } as const;

const overview = createRoute({ ...at, path: '/', component: OverviewPage });
const entries = createRoute({
  ...at,
  path: '/entries',
  // prettier-ignore
  validateSearch: textParams(
    'q', 'parent', 'seltype', 'fed', 'expiry', 'state', 'flags', 'path', 'sort', 'desc', 'id', 'view', 'open',
  ),
  component: EntriesPage,
});
const newEntry = createRoute({
  ...at,
  path: '/entries/new',
  // Of the entry to start from: `edit` changes it, `copy` makes another like it. The rest fills the form.
  validateSearch: textParams('edit', 'copy', 'parent', 'connection', 'spiffeId', 'selectors'),
  component: lazyRouteComponent(
    () => import('./features/entry-create/EntryCreatePage.tsx'),
    'EntryCreatePage',
  ),
});
const importEntries = createRoute({
  ...at,
  path: '/entries/import',
  validateSearch: textParams('connection'),
  component: lazyRouteComponent(() => import('./features/entry-import/ImportPage.tsx'), 'ImportPage'),
});
const cloneEntries = createRoute({
  ...at,
  path: '/entries/clone',
  // Entries of one server: their IDs, apart by commas.
  validateSearch: (search: Record<string, unknown>): { connection?: string; to?: string; ids?: string } => ({
    ...textParams('connection', 'to')(search),
    // A thousand UUIDs: more than other parameters may be.
    ...(typeof search['ids'] === 'string' && search['ids'].length <= 40_000 && { ids: search['ids'] }),
  }),
  component: lazyRouteComponent(() => import('./features/entry-clone/ClonePage.tsx'), 'ClonePage'),
});
const generate = createRoute({
  ...at,
  path: '/generate',
  validateSearch: textParams('connection', 'entry', 'kind'),
  component: lazyRouteComponent(() => import('./features/generators/GeneratorsPage.tsx'), 'GeneratorsPage'),
});
const agents = createRoute({
  ...at,
  path: '/agents',
  validateSearch: textParams('q', 'state', 'type', 'version', 'sort', 'desc', 'id', 'on', 'tab'),
  component: lazyRouteComponent(() => import('./features/agents/AgentsPage.tsx'), 'AgentsPage'),
});
const trustDomains = createRoute({
  ...at,
  path: '/trust-domains',
  // `left` and `right` are what is compared; `task`, `connection` and `peer` a change under way.
  validateSearch: textParams('name', 'tab', 'left', 'right', 'task', 'connection', 'peer'),
  component: lazyRouteComponent(
    () => import('./features/trust-domains/TrustDomainsPage.tsx'),
    'TrustDomainsPage',
  ),
});
const federation = createRoute({
  ...at,
  path: '/federation',
  validateSearch: textParams('id', 'q', 'tab', 'probe', 'task', 'connection', 'peer'),
  component: lazyRouteComponent(() => import('./features/federation/FederationPage.tsx'), 'FederationPage'),
});
const authorities = createRoute({
  ...at,
  path: '/authorities',
  // `at` names one server's keys of one kind: connection/x509 or connection/jwt.
  validateSearch: textParams('at', 'view'),
  component: lazyRouteComponent(
    () => import('./features/authorities/AuthoritiesPage.tsx'),
    'AuthoritiesPage',
  ),
});
const expiry = createRoute({
  ...at,
  path: '/expiry',
  validateSearch: textParams('kind', 'within', 'from', 'to', 'expired', 'at'),
  component: lazyRouteComponent(() => import('./features/expiry/ExpiryPage.tsx'), 'ExpiryPage'),
});
const workload = createRoute({
  ...at,
  path: '/workload',
  validateSearch: textParams('q', 'socket', 'kind', 'state', 'tab', 'span', 'id'),
  component: lazyRouteComponent(() => import('./features/workload/WorkloadPage.tsx'), 'WorkloadPage'),
});
const mint = createRoute({
  ...at,
  path: '/mint',
  validateSearch: textParams('kind', 'connection', 'spiffeId'),
  component: lazyRouteComponent(() => import('./features/mint/MintPage.tsx'), 'MintPage'),
});
const inspect = createRoute({
  ...at,
  path: '/inspect',
  // The verifier and the moment; never anything of a document (S-14): what else an address says is dropped.
  validateSearch: textParams('audience', 'verifier', 'at', 'tab'),
  component: lazyRouteComponent(() => import('./features/inspector/InspectorPage.tsx')),
});
const channels = createRoute({
  ...at,
  path: '/channels',
  validateSearch: anyText,
  component: lazyRouteComponent(() => import('./features/groups/GroupsPage.tsx')),
});
const roster = createRoute({
  ...at,
  path: '/roster',
  // `on` is a connection.
  validateSearch: textParams('on', 'channel', 'member', 'kind', 'span', 'since', 'until', 'id'),
  component: lazyRouteComponent(() => import('./features/roster/RosterPage.tsx'), 'RosterPage'),
});
const approvals = createRoute({
  ...at,
  path: '/approvals',
  validateSearch: textParams('q', 'state', 'id'),
  component: lazyRouteComponent(() => import('./features/approvals/ApprovalsPage.tsx'), 'ApprovalsPage'),
});
const ownerKeys = createRoute({
  ...at,
  path: '/owner-keys',
  // `id` is a did:key; `task` and `channel` (connection/name) what a link asks for. Never anything of a key.
  validateSearch: textParams('q', 'id', 'task', 'channel'),
  component: lazyRouteComponent(() => import('./features/owner-keys/OwnerKeysPage.tsx'), 'OwnerKeysPage'),
});
const network = createRoute({
  ...at,
  path: '/network',
  // `open`, `id` and `on` are what is open: its kind, its key, the connection it is of.
  // prettier-ignore
  validateSearch: textParams(
    'tab', 'cp', 'q', 'domain', 'status', 'truth', 'kind', 'source', 'dest', 'sort', 'desc', 'open', 'id', 'on',
    'channel', 'from', 'to',
  ),
  component: lazyRouteComponent(() => import('./features/network/NetworkPage.tsx'), 'NetworkPage'),
});
const activity = createRoute({
  ...at,
  path: '/activity',
  validateSearch: textParams('id'),
  component: lazyRouteComponent(() => import('./features/activity/ActivityPage.tsx'), 'ActivityPage'),
});
const connections = createRoute({
  ...at,
  path: '/connections',
  validateSearch: textParams('name'),
  component: lazyRouteComponent(
    () => import('./features/connections/ConnectionsPage.tsx'),
    'ConnectionsPage',
  ),
});
const sessions = createRoute({
  ...at,
  path: '/sessions',
  component: lazyRouteComponent(() => import('./features/sessions/SessionsPage.tsx'), 'SessionsPage'),
});

const why = createRoute({
  ...at,
  path: '/why',
  // `sel` are selectors, a line each; values of the environment never go into an address.
  validateSearch: textParams('connection', 'agent', 'expected', 'entry', 'sel'),
  component: lazyRouteComponent(() => import('./features/why/WhyPage.tsx'), 'WhyPage'),
});
const reach = createRoute({
  ...at,
  path: '/reach',
  validateSearch: textParams('from', 'to', 'channel', 'cp'),
  component: lazyRouteComponent(() => import('./features/reach/ReachPage.tsx'), 'ReachPage'),
});
const health = createRoute({
  ...at,
  path: '/health',
  validateSearch: textParams('code', 'at'),
  component: lazyRouteComponent(() => import('./features/health/HealthPage.tsx'), 'HealthPage'),
});
const history = createRoute({
  ...at,
  path: '/history',
  validateSearch: textParams('q', 'target', 'kind', 'verb', 'span', 'since', 'until', 'id'),
  component: lazyRouteComponent(() => import('./features/history/HistoryPage.tsx'), 'HistoryPage'),
});

const tree = root.addChildren([
  overview,
  entries,
  newEntry,
  importEntries,
  cloneEntries,
  generate,
  agents,
  trustDomains,
  federation,
  authorities,
  expiry,
  workload,
  mint,
  why,
  reach,
  health,
  history,
  inspect,
  channels,
  approvals,
  roster,
  network,
  ownerKeys,
  activity,
  connections,
  sessions,
]);

export function createConsoleRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    ...(history && { history }),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingMs: 300,
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
