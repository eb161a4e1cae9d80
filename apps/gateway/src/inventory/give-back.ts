import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Lets the engine free what a large reading left behind. It would keep twice of that for as long as nothing else needs
 * room, and hold it against the machine's other work.
 */
export function giveBack(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    // Only for ourselves.
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
