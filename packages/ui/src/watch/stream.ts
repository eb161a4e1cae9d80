import { type WatchEvent, WatchService } from '@muster/api';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';

// The gateway beats every 15 s; two missed beats and some air.
const SILENCE = 40_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

export interface WatchHandlers {
  /** The stream stands. `again`: it had been broken, so anything may have changed. */
  onOpen: (again: boolean) => void;
  onEvent: (event: WatchEvent['event']) => void;
  onBroken: (reason: string) => void;
}

interface Timing {
  silence?: number;
  firstWait?: number;
}

/** Holds one Watch stream open, with back-off, until it is stopped. @returns what stops it */
export function holdWatch(transport: Transport, handlers: WatchHandlers, timing: Timing = {}): () => void {
  const stop = new AbortController();
  void hold(transport, handlers, stop.signal, timing);
  return () => stop.abort();
}

async function hold(
  transport: Transport,
  handlers: WatchHandlers,
  stopped: AbortSignal,
  timing: Timing,
): Promise<void> {
  const silence = timing.silence ?? SILENCE;
  const firstWait = timing.firstWait ?? FIRST_WAIT;
  let wait = firstWait;
  let again = false;
  while (!stopped.aborted) {
    const quiet = new AbortController();
    let timer = setTimeout(() => quiet.abort(), silence);
    let reason = 'The gateway closed the stream.';
    try {
      let open = false;
      for await (const { event } of createClient(WatchService, transport).watch(
        {},
        { signal: AbortSignal.any([stopped, quiet.signal]) },
      )) {
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(), silence);
        if (!open) {
          open = true;
          handlers.onOpen(again);
          again = true;
          wait = firstWait;
        }
        handlers.onEvent(event);
      }
    } catch (error) {
      reason = quiet.signal.aborted
        ? 'The gateway has said nothing for a while.'
        : ConnectError.from(error).rawMessage;
      // Signing in again starts a new stream.
      if (ConnectError.from(error).code === Code.Unauthenticated && !stopped.aborted) {
        handlers.onBroken(reason);
        clearTimeout(timer);
        return;
      }
    }
    clearTimeout(timer);
    if (stopped.aborted) return;
    again = true;
    handlers.onBroken(reason);
    await pause(wait * (0.75 + Math.random() / 2), stopped);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stopped.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
