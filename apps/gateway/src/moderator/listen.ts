import { toText, within } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimBindings, SlimSession } from '@muster/practice/slim/bindings';

const LEAVE_MS = 30_000;

export interface Listener {
  slim: SlimBindings;
  app: SlimApp;
  /** Whether somebody here asked to be in this channel. */
  expected(channel: string): boolean;
  onJoined(channel: string, session: SlimSession): void;
  onDeclined(channel: string): void;
}

/**
 * Takes invitations. The bindings join before they tell, so that declining one is leaving it at once, unread; who
 * does not listen is in every channel that anybody invites it to.
 */
export async function listenForEver({ slim, app, expected, onJoined, onDeclined }: Listener): Promise<void> {
  for (;;) {
    let session: SlimSession;
    try {
      session = await app.listenForSessionAsync(undefined);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    const group = session.sessionType() === slim.SessionType.Group;
    const channel = toText(group ? session.destination() : session.source());
    if (group && expected(channel)) onJoined(channel, session);
    else {
      void leave(app, session);
      onDeclined(channel);
    }
  }
}

export async function leave(app: SlimApp, session: SlimSession): Promise<void> {
  await within(LEAVE_MS, 'leaving', (signal) => app.deleteSessionAndWaitAsync(session, { signal })).catch(
    () => {},
  );
}
