import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import type { Platform } from './platform.ts';
import { createConsoleRouter } from './router.tsx';
import { SessionController } from './session/controller.ts';
import { type Console, ConsoleContext, useSession } from './session/SessionContext.ts';
import { SignIn } from './session/SignIn.tsx';
import { useDrafts } from './stores/drafts.ts';
import { followTheme } from './stores/window.ts';
import { createQueryClient, ServerState } from './transport.tsx';
import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';

type Router = ReturnType<typeof createConsoleRouter>;
type QueryClient = ReturnType<typeof createQueryClient>;

/** Starts the console in `#root`. */
export function mountConsole(platform: Platform, given?: Console['session']): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('The page has no #root.');
  followTheme();
  const session = given ?? startSession(platform);
  const client = createQueryClient();
  const router = createConsoleRouter();
  createRoot(root).render(
    <StrictMode>
      <ConsoleContext value={{ platform, session }}>
        <ServerState transport={session.transport} client={client}>
          <App router={router} client={client} />
        </ServerState>
      </ConsoleContext>
    </StrictMode>,
  );
}

function startSession(platform: Platform): SessionController {
  const session = new SessionController(platform);
  // The secret leaves the address before anything else reads it.
  void session.start();
  return session;
}

/** The page stays mounted beneath the sign-in screen, unless the person signed out. */
export function App({ router, client }: { router: Router; client: QueryClient }) {
  const state = useSession();
  const shown = state.state === 'signed-in' || ('keep' in state && state.keep);
  const leave = state.state === 'signed-out' && !state.keep;
  useEffect(() => {
    if (!leave) return;
    client.clear();
    useDrafts.getState().dropAll();
  }, [leave, client]);
  return (
    <>
      {shown && (
        <div className="app" inert={state.state !== 'signed-in'}>
          <RouterProvider router={router} />
        </div>
      )}
      <SignIn />
    </>
  );
}
