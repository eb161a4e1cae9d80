import type { Transport } from '@connectrpc/connect';
import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { App } from '../mountConsole.tsx';
import { createConsoleRouter } from '../router.tsx';
import { ConsoleContext } from '../session/SessionContext.ts';
import { createQueryClient, ServerState } from '../transport.tsx';
import { fakeConsole, fakeTransport, World } from './fake/index.ts';

/** The whole console at an address, against the fake gateway; `between` may change what it answers. */
export function renderConsole(
  address: string,
  world = new World(),
  between: (fake: Transport) => Transport = (fake) => fake,
) {
  const router = createConsoleRouter(createMemoryHistory({ initialEntries: [address] }));
  const transport = between(fakeTransport(world));
  const client = createQueryClient();
  const console = fakeConsole(transport);
  const view = render(
    <ConsoleContext value={console}>
      <ServerState transport={transport} client={client}>
        <App router={router} client={client} />
      </ServerState>
    </ConsoleContext>,
  );
  return { ...view, router, world, client };
}

/** One component with the fake's server state around it. */
export function renderWith(children: ReactNode, transport: Transport = fakeTransport()) {
  const client = createQueryClient();
  return {
    client,
    ...render(
      <ServerState transport={transport} client={client}>
        {children}
      </ServerState>,
    ),
  };
}
