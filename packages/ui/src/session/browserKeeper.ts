import type { StoredSession } from '@muster/api';
import type { SessionKeeper } from './keeper.ts';

const DATABASE = 'muster';
const STORE = 'session';
const KEY = 'current';
const CHANNEL = 'muster-session';
const LOCK = 'muster-session';

/**
 * Keeps the session in IndexedDB, which holds CryptoKeys that can be used and not read: a reload and a second tab
 * go on with it, and no script gets at the key's bytes.
 */
export function browserKeeper(): SessionKeeper {
  const channel = new BroadcastChannel(CHANNEL);
  return {
    load: () => run<StoredSession | undefined>('readonly', (store) => store.get(KEY)),
    save: async (session) => {
      await run('readwrite', (store) => store.put(session, KEY));
    },
    clear: async () => {
      await run('readwrite', (store) => store.clear());
    },
    // Only that something changed: the keys are read from the store, never sent.
    announce: () => channel.postMessage('changed'),
    onAnnounced: (changed) => {
      channel.addEventListener('message', changed);
      return () => channel.removeEventListener('message', changed);
    },
    exclusively: async (task) => {
      await navigator.locks.request(LOCK, task);
    },
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser’s storage cannot be opened.'));
  });
}

async function run<T = unknown>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser’s storage refused.'));
    });
  } finally {
    database.close();
  }
}
