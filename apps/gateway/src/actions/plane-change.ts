import { Code, ConnectError } from '@connectrpc/connect';
import type { ItemResult } from '@muster/api';
import type { ControlPlane, NodeRow } from '../upstream/control-plane/port.ts';
import { readPlane } from './network-target.ts';
import type { NetworkTarget } from './network-target.ts';
import { listedNames } from './listed-names.ts';
import { done, failed } from './results.ts';

export const nodeName = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  description: 'As its control plane lists it.',
} as const;

/** How long it is looked for what a control plane answered before it did, ms. */
const lookMs = 3000;
const pauseMs = 150;

/** The node of this id, or an answer that names those there are. */
export async function nodeOf(target: NetworkTarget, field: string, id: string): Promise<NodeRow> {
  const nodes = await readPlane(target, (plane) => plane.nodes());
  const found = nodes.find((node) => node.id === id);
  if (found) return found;
  throw new ConnectError(
    `${field}: ${target.name} has no such node; it has: ${listedNames(nodes.map((node) => node.id))}.`,
    Code.NotFound,
  );
}

/** What became of a change: words of it, or undefined while nothing can be said yet. */
export type Look = (plane: ControlPlane) => Promise<string | undefined>;

interface Change {
  item: string;
  run: (plane: ControlPlane) => Promise<unknown>;
  look: Look;
  /** What to say when nothing of it has shown after `lookMs`. */
  unseen: string;
  /** Never repeated, whatever the server says (S-13, S-21). */
  secrets?: readonly string[];
}

/**
 * One change, then what is there: some control planes answer before they act. What cannot be read back was done all the
 * same, and the result says so.
 */
export async function* applyThenLook(target: NetworkTarget, change: Change): AsyncGenerator<ItemResult> {
  const { copy } = target;
  const { item, secrets = [] } = change;
  try {
    await change.run(copy.connection.plane);
  } catch (error) {
    const result = failed(item, error);
    yield { ...result, reason: unsaid(result.reason, secrets) };
    void copy.refresh();
    return;
  }
  yield { ...done(item), reason: unsaid(await seen(copy.connection.plane, change), secrets) };
  void copy.refresh();
}

async function seen(plane: ControlPlane, { look, unseen }: Change): Promise<string> {
  const until = performance.now() + lookMs;
  try {
    for (;;) {
      const words = await look(plane);
      if (words !== undefined) return words;
      if (performance.now() > until) return unseen;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  } catch {
    return 'It was taken; whether it is there could not be read.';
  }
}

const unsaid = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((words, secret) => hide(words, secret), text);

/** Also where the server's words are cut in the middle of it. */
function hide(text: string, secret: string): string {
  const whole = text.replaceAll(secret, '[the secret]');
  for (let length = secret.length - 1; length >= 8; length -= 1) {
    const part = secret.slice(0, length);
    if (whole.endsWith(`${part}…`)) return `${whole.slice(0, -length - 1)}[the secret]…`;
  }
  return whole;
}
