import { createRouterTransport, type Transport } from '@connectrpc/connect';
import type { Console } from '../../session/SessionContext.ts';
import { memoryKeeper } from '../../session/keeper.ts';
import type { SessionState } from '../../session/controller.ts';
import { actionRoutes } from './actionRoutes.ts';
import { approvalRoutes } from './approvalRoutes.ts';
import { authorityRoutes } from './authorityRoutes.ts';
import { agentRoutes } from './agentRoutes.ts';
import { entryRoutes } from './entryRoutes.ts';
import { federationRoutes } from './federationRoutes.ts';
import { importRoutes } from './importRoutes.ts';
import { inspectRoutes } from './inspectRoutes.ts';
import { keyRoutes } from './keyRoutes.ts';
import { networkRoutes } from './networkRoutes.ts';
import { reachRoutes } from './reachRoutes.ts';
import { healthRoutes } from './healthRoutes.ts';
import { connectionRoutes, groupRoutes, sessionRoutes, watchRoutes } from './routes.ts';
import { svidRoutes } from './svidRoutes.ts';
import { World } from './world.ts';

/** The whole contract in memory, for specs and for opening pages without a gateway. */
export function fakeTransport(world = new World(), pace = 0): Transport {
  return createRouterTransport((router) => {
    entryRoutes(router, world);
    agentRoutes(router, world);
    authorityRoutes(router, world);
    federationRoutes(router);
    healthRoutes(router, world);
    actionRoutes(router, world, pace);
    importRoutes(router, world);
    inspectRoutes(router);
    connectionRoutes(router, world);
    groupRoutes(router, world);
    keyRoutes(router);
    networkRoutes(router);
    reachRoutes(router);
    approvalRoutes(router);
    svidRoutes(router);
    sessionRoutes(router, world);
    watchRoutes(router, world);
  });
}

/** A console that is signed in to the fake. `?fake=out` and `?fake=squatter` show the screens without a session. */
export function fakeConsole(
  transport: Transport,
  state: SessionState = { state: 'signed-in', id: 'fake' },
): Console {
  return {
    platform: {
      kind: 'browser',
      gateway: 'http://127.0.0.1:7420',
      sessions: memoryKeeper(),
      takeSignInSecret: () => undefined,
      onSignInSecret: () => () => undefined,
      openExternal: () => undefined,
      signInCommand: 'npx muster open',
    },
    session: {
      transport,
      getState: () => state,
      subscribe: () => () => undefined,
      signIn: async () => undefined,
      signOut: async () => undefined,
      ended: () => undefined,
    },
  };
}

export { World } from './world.ts';
