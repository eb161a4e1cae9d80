import type { NodeRow } from '../upstream/control-plane/port.ts';

/** A node, and since when our readings have seen it so. */
export interface SeenNode extends NodeRow {
  since: Date;
  lastSeen: Date | undefined;
  /** It was listed, and the control plane has forgotten it without its leave. */
  forgotten: boolean;
}

/** So long is a node shown that its control plane has forgotten, ms: who comes in the morning shall see it. */
const keepMs = 24 * 3_600_000;

/**
 * The nodes of a control plane over time. From 2.0 on one that is restarted lists nobody until they register anew, and a
 * node (3.4.6) registers anew only when dialling was refused: it then tries every 2 s. Where its first attempt was accepted
 * and cut off, as by a control plane that is dying, it never tries again. It would vanish from every list; here it stays.
 */
export class NodeList {
  #rows: SeenNode[] = [];

  get rows(): readonly SeenNode[] {
    return this.#rows;
  }

  /** @param restarted the control plane may have been since the last reading @returns whether anything is different */
  take(listed: readonly NodeRow[], restarted: boolean, now: Date): boolean {
    const before = new Map(this.#rows.map((node) => [node.id, node]));
    const ids = new Set(listed.map(({ id }) => id));
    const gone = this.#rows.filter(({ id }) => !ids.has(id));
    // Nodes that are stopped in order take leave one by one, and are gone.
    const all = gone.length > 0 && gone.length === this.#rows.length;
    const forgotten = gone.flatMap((node): SeenNode[] => {
      if (!node.forgotten)
        return restarted || all ? [{ ...node, status: 'not-connected', since: now, forgotten: true }] : [];
      return now.getTime() - node.since.getTime() < keepMs ? [node] : [];
    });
    const seen = listed.map((row): SeenNode => {
      const old = before.get(row.id);
      return {
        ...row,
        since: old?.status === row.status ? old.since : now,
        lastSeen: row.status === 'connected' ? now : old?.lastSeen,
        forgotten: false,
      };
    });
    const was = keyOf(this.#rows);
    // Servers list them in any order; another one is no news.
    this.#rows = [...seen, ...forgotten].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return keyOf(this.#rows) !== was;
  }
}

/** Why a node is not connected, as far as that is known, and what to do; empty while it is, or may be. */
export function absence({ status, forgotten }: SeenNode, plane: string): string {
  if (status !== 'not-connected') return '';
  const restart =
    'Restart the node if it runs and does not come back by itself: it dials again every 2 s while it is refused, and not at all after an attempt that was cut off half-way (its log: failed to reconnect to control plane).';
  return forgotten
    ? `${plane} does not list it any more: a control plane that is restarted forgets its nodes until they register anew, and one that was taken from it, or its domain, does not come back. ${restart}`
    : `Its stream to ${plane} has ended: it was stopped, or cut off. ${restart}`;
}

const keyOf = (nodes: readonly SeenNode[]): string =>
  JSON.stringify(nodes.map(({ since: _since, lastSeen: _lastSeen, ...row }) => row));
