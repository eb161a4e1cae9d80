// The bundler makes this module: its default is the address of the built worker.
// oxlint-disable-next-line import/default
import workerAddress from './judge-worker.ts?worker&url';

/** Trusted Types, as far as they are needed here; TypeScript's own types do not have them yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): string };
}

let trustedAddress: string | undefined;

/**
 * The worker's address, as a page under `require-trusted-types-for 'script'` may use it: by a policy that passes this one
 * address of the page's own, and whose name is the only one that the page's `trusted-types` allows (S-11).
 */
function ownAddress(): string {
  if (trustedAddress !== undefined) return trustedAddress;
  const own = new URL(workerAddress, import.meta.url).href;
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const rules = {
    createScriptURL(asked: string): string {
      if (asked !== own) throw new TypeError('Only the worker of the inspector is passed.');
      return asked;
    },
  };
  // A policy can be made once.
  trustedAddress = trustedTypes?.createPolicy('muster-worker', rules).createScriptURL(own) ?? own;
  return trustedAddress;
}

/** Starts a worker of the inspector; undefined where there can be none. */
export function startWorker<Message>(
  onMessage: (message: Message) => void,
  onBroken: () => void,
): Worker | undefined {
  if (typeof Worker === 'undefined') return undefined;
  try {
    const worker = new Worker(ownAddress(), { type: 'module', name: 'judge' });
    worker.addEventListener('message', (event: MessageEvent<Message>) => onMessage(event.data));
    worker.addEventListener('error', onBroken);
    worker.addEventListener('messageerror', onBroken);
    return worker;
  } catch {
    return undefined;
  }
}

/** A worker that is lent: given back it goes on to the next work, warm; ended it is gone with all it holds. */
export interface LentWorker {
  post(message: unknown): void;
  giveBack(): void;
  end(): void;
}

interface Lent {
  readonly worker: Worker;
  onMessage: (message: unknown) => void;
  onBroken: () => void;
}

const idle: Lent[] = [];
/** Kept for later; more than these are ended. */
const mostIdle = 2;

/** A worker that nobody uses, or a new one; undefined where there can be none. */
export function lendWorker<Message>(
  onMessage: (message: Message) => void,
  onBroken: () => void,
): LentWorker | undefined {
  const lent = idle.pop() ?? freshWorker();
  if (!lent) return undefined;
  lent.onMessage = onMessage as (message: unknown) => void;
  lent.onBroken = onBroken;
  const silence = () => {
    lent.onMessage = () => undefined;
    lent.onBroken = () => undefined;
  };
  return {
    post: (message) => lent.worker.postMessage(message),
    giveBack: () => {
      silence();
      if (idle.length < mostIdle) idle.push(lent);
      else lent.worker.terminate();
    },
    end: () => {
      silence();
      lent.worker.terminate();
    },
  };
}

/** Starts the workers that a drop will need, so that it does not wait for them. */
export function warmWorkers(): void {
  while (idle.length < mostIdle) {
    const lent = freshWorker();
    if (!lent) return;
    idle.push(lent);
  }
}

function freshWorker(): Lent | undefined {
  const handlers: Pick<Lent, 'onMessage' | 'onBroken'> = {
    onMessage: () => undefined,
    onBroken: () => undefined,
  };
  const worker = startWorker<unknown>(
    (message) => lent?.onMessage(message),
    () => {
      // One that broke while nobody used it is of no use to the next.
      const at = idle.findIndex((one) => one === lent);
      if (at >= 0) idle.splice(at, 1);
      lent?.onBroken();
    },
  );
  const lent: Lent | undefined = worker && { worker, ...handlers };
  return lent;
}
