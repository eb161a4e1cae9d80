import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';

/** A stream that is followed until it ends; `close` ends it. */
export interface Followed {
  close(): void;
}

export interface FollowOptions<T> {
  open: (signal: AbortSignal) => AsyncIterable<T>;
  /** Gives up the first message when it aborts. */
  signal: AbortSignal;
  onMessage: (message: T) => void;
  /** It ended after its first message, and not by `close`. */
  onEnd: (fault: Fault) => void;
}

/** Resolves at the first message; the rest of the stream is followed in the background. Throws `Fault`. */
export async function follow<T>({ open, signal, onMessage, onEnd }: FollowOptions<T>): Promise<Followed> {
  const own = new AbortController();
  const giveUp = (): void => own.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  const stream = open(own.signal)[Symbol.asyncIterator]();
  try {
    const first = await stream.next();
    if (first.done === true) throw new Fault('broken', 'transport');
    onMessage(first.value);
  } catch (error) {
    own.abort();
    throw noIdentity(classify(error));
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  void rest(stream, onMessage).then((fault) => {
    if (!own.signal.aborted) onEnd(fault);
  });
  return { close: () => own.abort() };
}

async function rest<T>(stream: AsyncIterator<T>, onMessage: (message: T) => void): Promise<Fault> {
  try {
    for (let next = await stream.next(); next.done !== true; next = await stream.next())
      onMessage(next.value);
    return new Fault('broken', 'transport');
  } catch (error) {
    return noIdentity(classify(error));
  }
}

/** On this API PermissionDenied means that no entry matches the caller. */
export function noIdentity(fault: Fault): Fault {
  return fault.origin === 'server' && fault.code === 'denied'
    ? new Fault('no-identity', 'server', { cause: fault })
    : fault;
}
