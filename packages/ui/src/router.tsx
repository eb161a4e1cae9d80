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
  validateSearch: textParams('q', 'parent', 'seltype', 'fed', 'expiry', 'state', 'sort', 'desc', 'id'),
  component: EntriesPage,
});
const newEntry = createRoute({
  ...at,
  path: '/entries/new',
  // Of the entry to start from: `edit` changes it, `copy` makes another like it.
  validateSearch: textParams('edit', 'copy', 'parent'),
  component: lazyRouteComponent(
    () => import('./features/entry-create/EntryCreatePage.tsx'),
    'EntryCreatePage',
  ),
});
const agents = createRoute({
  ...at,
  path: '/agents',
  validateSearch: textParams('q', 'id'),
  component: lazyRouteComponent(() => import('./features/agents/AgentsPage.tsx'), 'AgentsPage'),
});
const trustDomains = createRoute({
  ...at,
  path: '/trust-domains',
  validateSearch: textParams('name'),
  component: lazyRouteComponent(
    () => import('./features/trust-domains/TrustDomainsPage.tsx'),
    'TrustDomainsPage',
  ),
});
const inspect = createRoute({
  ...at,
  path: '/inspect',
  validateSearch: anyText,
  component: lazyRouteComponent(() => import('./features/inspector/InspectorPage.tsx')),
});
const channels = createRoute({
  ...at,
  path: '/channels',
  validateSearch: anyText,
  component: lazyRouteComponent(() => import('./features/groups/GroupsPage.tsx')),
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

const tree = root.addChildren([
  overview,
  entries,
  newEntry,
  agents,
  trustDomains,
  inspect,
  channels,
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
