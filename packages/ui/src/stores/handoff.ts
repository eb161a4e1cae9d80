/** Something one page hands to the inspector. It lives in this window's memory, never in the address (S-13, S-14). */
export interface Handoff {
  text: string;
  /** Where it is from, in words. */
  name: string;
}

let waiting: Handoff | undefined;

/** Lays it out for the inspector, which takes it when it opens. */
export function handToInspector(handoff: Handoff): void {
  waiting = handoff;
}

/** Takes what was laid out; there is nothing after that. */
export function takeHandoff(): Handoff | undefined {
  const taken = waiting;
  waiting = undefined;
  return taken;
}
