/**
 * Typed calls between a process and its child over Node's IPC channel, with structured clone ('advanced') so that
 * undefined, Maps and dates survive. The child answers calls and may send notes at any time.
 */

/** The calls a child answers: name → function of one input. */
export type Calls = Record<string, (input: never) => unknown>;

export type CallInput<C extends Calls, K extends keyof C> = Parameters<C[K]>[0];
export type CallOutput<C extends Calls, K extends keyof C> = Awaited<ReturnType<C[K]>>;

/** An error that crosses the channel keeps its code, so the other side can branch on it. */
export class CallError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
  }
}

export interface CallMessage {
  id: number;
  call: string;
  input: unknown;
}

export type ReplyMessage =
  { id: number; ok: true; value: unknown } | { id: number; ok: false; code: string; message: string };

export interface NoteMessage {
  note: unknown;
}

export type FromChild = ReplyMessage | NoteMessage;

/** What must not be cut off has so long to end once the parent is gone, ms. */
const PARTING_MS = 5000;

/**
 * The child's side: answers calls until the parent goes away; what must not be cut off in the middle then ends by `parting`
 * first. Returns the function that sends a note; whoever may send many awaits it, or a parent that is busy lets them
 * pile up here.
 */
export function serveCalls<Note>(
  handlers: Calls,
  parting: () => Promise<unknown> = () => Promise.resolve(),
): (note: Note) => Promise<void> {
  const send = (message: FromChild) =>
    new Promise<void>((resolve) => {
      // A parent that has just gone makes send fail; 'disconnect' below then ends this process.
      if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
      else resolve();
    });
  process.on('message', (message: CallMessage) => {
    void answer(handlers, message).then(send);
  });
  // A child must never outlive its parent by more than that, however the parent ended.
  process.on('disconnect', () => {
    const end = (): unknown => process.kill(process.pid, 'SIGKILL');
    setTimeout(end, PARTING_MS);
    void parting().finally(end);
  });
  return (note) => send({ note });
}

async function answer(handlers: Calls, { id, call, input }: CallMessage): Promise<ReplyMessage> {
  try {
    const handler = handlers[call] as ((input: unknown) => unknown) | undefined;
    if (!handler) throw new CallError('unknown-call', `no call named ${call}`);
    return { id, ok: true, value: await handler(input) };
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'error';
    return { id, ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}
