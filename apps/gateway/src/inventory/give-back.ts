import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Flavor = 'regular' | 'last-resort';
type Collect = (how: { type: 'major'; execution: 'sync'; flavor: Flavor }) => void;

let collect: Collect | undefined;

/**
 * Lets the engine free what a large reading left behind. It would keep twice of that for as long as nothing else needs
 * room, and hold it against the machine's other work. `regular` stops the thread for some 20 ms and often leaves some of the
 * room; `last-resort` gives back all of it and takes four times as long: for threads that nobody waits for.
 */
export function giveBack(flavor: Flavor = 'last-resort'): void {
  collect ??= exposed();
  // Memory is all that is lost without it.
  collect?.({ type: 'major', execution: 'sync', flavor });
}

function exposed(): Collect | undefined {
  // The flag is the whole process's. Taken back here, it would be gone under another thread that is at the same line.
  setFlagsFromString('--expose-gc');
  return runInNewContext('globalThis.gc') as Collect | undefined;
}

/** Right after its work a thread's heap stays as large as the work made it, whatever is freed: the engine expects more. */
const quiet = 3000;
let later: NodeJS.Timeout | undefined;

/** The same once the gateway's own thread has had so much quiet; called again before that, it waits anew. */
export function giveBackLater(given: () => void = () => {}): void {
  clearTimeout(later);
  later = setTimeout(() => {
    giveBack('regular');
    given();
  }, quiet).unref();
}
