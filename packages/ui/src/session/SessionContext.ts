import { createContext, use, useSyncExternalStore } from 'react';
import type { Platform } from '../platform.ts';
import type { SessionController, SessionState } from './controller.ts';

export interface Console {
  readonly platform: Platform;
  readonly session: Pick<
    SessionController,
    'getState' | 'subscribe' | 'signIn' | 'signOut' | 'ended' | 'transport'
  >;
}

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const found = use(ConsoleContext);
  if (!found) throw new Error('The console is used outside of its provider.');
  return found;
}

export function useSession(): SessionState {
  const { session } = useConsole();
  return useSyncExternalStore(session.subscribe, session.getState);
}
