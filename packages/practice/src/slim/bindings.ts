/**
 * The native SLIM bindings, loaded only inside child processes: they block the event loop in places and a Rust
 * panic takes the whole process with it.
 */
// The package's root index.d.ts uses extensionless imports, which NodeNext does not resolve; the generated file does.
import type * as SB from '@agntcy/slim-bindings/types/slim_bindings.js';

export type SlimBindings = typeof SB;
export type SlimApp = SB.AppLike;
export type SlimName = SB.NameLike;
export type SlimService = SB.ServiceLike;
export type SlimSession = SB.SessionLike;
export type SlimMessage = SB.ReceivedMessage;
/** What was sent, and is to be confirmed by whom it was sent to. */
export type SlimSending = SB.CompletionHandleLike;
export type SlimClientConfig = SB.ClientConfig;

/** Loads and initialises the bindings. Only errors are logged: lower levels print message contents and metadata. */
export async function loadBindings(): Promise<SlimBindings> {
  const slim = (await import('@agntcy/slim-bindings')) as unknown as SlimBindings;
  if (!slim.isInitialized()) {
    slim.initializeWithConfigs(
      slim.newRuntimeConfig(),
      slim.newTracingConfigWith('error', false, false, []),
      [slim.newServiceConfig()],
    );
  }
  return slim;
}

/** `org/ns/app` → a Name. The bindings' own `fromString` is not used: its errors differ between versions. */
export function toName(slim: SlimBindings, name: string): SlimName {
  const [org, ns, app, instance] = name.split('/');
  if (!org || !ns || !app) throw new Error(`not a SLIM name of three parts: ${name}`);
  return instance === undefined ? new slim.Name(org, ns, app) : slim.Name.newWithId(org, ns, app, instance);
}

/** `org/ns/app` of a Name, without its instance. */
export function toText(name: SlimName): string {
  return name.components().slice(0, 3).join('/');
}

/** `http://` is plaintext; `https://` is checked against the system's certificate authorities. */
export function clientConfig(slim: SlimBindings, endpoint: string): SlimClientConfig {
  return endpoint.startsWith('https:')
    ? slim.newSecureClientConfig(endpoint)
    : slim.newInsecureClientConfig(endpoint);
}

/** The text of an error of the bindings, whose own `message` is only its tag (`SlimError.SessionError`). */
export function errorText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'inner' in error) {
    const inner = (error as { inner?: unknown }).inner;
    if (typeof inner === 'object' && inner !== null && 'message' in inner) return String(inner.message);
  }
  return error instanceof Error ? error.message : String(error);
}

/** The code of the error that `within` raises. */
export const TIMED_OUT = 'timed-out';

/**
 * Runs one native call with a deadline. The signal asks the bindings to drop the future; the race is there because a
 * call may ignore it (publishing to a group with nobody in it waits for ever).
 */
export async function within<T>(
  ms: number,
  what: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(Object.assign(new Error(`${what} took longer than ${ms / 1000} s`), { code: TIMED_OUT }));
    }, ms);
  });
  const result = run(abort.signal);
  // Once the deadline has won, the late rejection of the aborted call has no other listener.
  result.catch(() => {});
  try {
    return await Promise.race([result, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
