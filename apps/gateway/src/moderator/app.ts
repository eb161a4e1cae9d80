import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorText, toName } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimBindings, SlimService, SlimSession } from '@muster/practice/slim/bindings';
import { CallError } from '@muster/practice/slim/ipc';
import { classify, permanentError, plain } from './errors.ts';
import { identityConfig } from './identity.ts';
import type { StartInput } from './protocol.ts';
import { lockStore } from './store-lock.ts';

const SESSIONS = 'sessions';

/**
 * Creates the app, with its sessions kept where there is a store. The Async variants panic in these bindings;
 * blocking is what this process is for.
 * @throws {CallError} `store-in-use`, `identity`, or that sessions cannot be kept
 */
export function openApp(slim: SlimBindings, service: SlimService, input: StartInput): SlimApp {
  const { store } = input;
  if (!store) return createApp(slim, service, input);
  // The bindings' own files would be readable by all.
  process.umask(0o077);
  lockStore(store.folder);
  const path = join(store.folder, SESSIONS);
  if (existsSync(path) && !sound(path)) setAside(store.folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const app = createApp(slim, service, input, { path, passphrase: store.passphrase });
  // A store that cannot be opened is only logged by the bindings, and the sessions would silently not be kept.
  if (databases(path).length === 0)
    throw new CallError(
      'store',
      'its sessions cannot be kept: the folder in the home of this gateway cannot be written',
    );
  return app;
}

/**
 * The kept sessions, as the bindings bring them back: of each channel the last.
 * @throws {CallError} `store-unreadable`: they are encrypted by another key; they are put aside, and the next start is without them
 */
export function restoreSessions(app: SlimApp, connection: bigint, input: StartInput): SlimSession[] {
  if (!input.store) return [];
  try {
    return app.restoreSessions(connection);
  } catch (error) {
    setAside(input.store.folder);
    throw new CallError('store-unreadable', `its kept sessions cannot be read: ${causes(errorText(error))}`);
  }
}

/** Never deleted: whoever has the key, or a sound copy, may still want it. */
function setAside(folder: string): void {
  renameSync(join(folder, SESSIONS), join(folder, `${SESSIONS}.unreadable-${Date.now()}`));
}

const databases = (path: string): string[] => readdirSync(path).filter((file) => file.endsWith('.db'));

/** Whether SQLite can read what is there; the bindings would go on without keeping anything. */
function sound(path: string): boolean {
  return databases(path).every((file) => {
    try {
      const database = new DatabaseSync(join(path, file));
      try {
        const row = database.prepare('PRAGMA quick_check(1)').get();
        return row?.['quick_check'] === 'ok';
      } finally {
        database.close();
      }
    } catch {
      return false;
    }
  });
}

/** An app that is not kept, e.g. beside the moderator's own. */
export function createApp(
  slim: SlimBindings,
  service: SlimService,
  { name, identity }: Pick<StartInput, 'name' | 'identity'>,
  persistence?: { path: string; passphrase: string },
): SlimApp {
  const { provider, verifier } = identityConfig(slim, name, identity);
  const app = toName(slim, name);
  try {
    return persistence
      ? service.createAppWithPersistence(app, provider, verifier, slim.Direction.Bidirectional, persistence)
      : service.createApp(app, provider, verifier);
  } catch (error) {
    const text = errorText(error);
    switch (identity.kind) {
      case 'spire':
        throw new CallError(
          'identity',
          `no SVID from the Workload API at ${identity.socketPath}: ${causes(text)}`,
        );
      case 'jwt':
        throw permanentError(`its signing key or the members’ keys cannot be used: ${causes(text)}`);
      case 'shared-secret':
        throw classify(text, name);
    }
  }
}

/** `a\nCaused by:\n  -> b\n  -> c` → the last cause, which is the one a person can act on. */
export function causes(text: string): string {
  return plain(
    text
      .split('\n')
      .at(-1)
      ?.replace(/^\s*->\s*/, '') ?? text,
  );
}
