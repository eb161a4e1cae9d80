import { useTransport } from '@connectrpc/connect-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useConsole, useSession } from '../session/SessionContext.ts';
import { forgetMessages } from './messages.ts';
import { patchConnection, patchMessage } from './patch.ts';
import { useLive } from './store.ts';
import { holdWatch } from './stream.ts';
import { invalidateTopic } from './topics.ts';

/** The one stream of this window: keeps what is shown true. */
export function useWatch(): void {
  const transport = useTransport();
  const client = useQueryClient();
  const { session } = useConsole();
  const state = useSession();
  const id = state.state === 'signed-in' ? state.id : undefined;
  const set = useLive((live) => live.set);
  const last = useRef(id);
  useEffect(() => {
    if (!id) return;
    let brokenSince: number | undefined;
    // A new session may have missed anything that came between.
    if (last.current !== id) void client.invalidateQueries();
    last.current = id;
    return holdWatch(transport, {
      onOpen: (again) => {
        brokenSince = undefined;
        set({ state: 'live' });
        if (!again) return;
        forgetMessages(client);
        void client.invalidateQueries();
      },
      onBroken: (reason) => {
        brokenSince ??= Date.now();
        set({ state: 'reconnecting', reason, since: brokenSince });
      },
      onEvent: (event) => {
        if (event.case === 'invalidated') invalidateTopic(client, event.value.topic);
        else if (event.case === 'connection') patchConnection(client, transport, event.value);
        else if (event.case === 'message') patchMessage(client, transport, event.value);
        else if (event.case === 'sessionEnding') session.ended(event.value.reason);
      },
    });
  }, [client, id, session, set, transport]);
}
