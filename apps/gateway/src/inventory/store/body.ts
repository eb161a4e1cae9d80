import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';

const bigints = new Set(['expiresAt', 'revisionNumber', 'createdAt']);

/** A row as text with its int64 fields as decimal strings: JSON numbers end at 2^53 (S-38). */
export function encode(row: EntryRow | AgentRow): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

export function decodeEntry(body: string): EntryRow {
  return JSON.parse(body, revive) as EntryRow;
}

export function decodeAgent(body: string): AgentRow {
  return JSON.parse(body, revive) as AgentRow;
}

function revive(key: string, value: unknown): unknown {
  return bigints.has(key) && typeof value === 'string' && /^-?\d+$/u.test(value) ? BigInt(value) : value;
}

/**
 * Text that a search looks in, but for the parent: parents are few, and looked through by themselves (`reach`), which
 * halves the index. The separator is in no field, so that no match spans two.
 */
export function entryText(row: EntryRow): string {
  const selectors = row.selectors.map(({ type, value }) => `${type}:${value}`);
  return [row.spiffeId, ...selectors, ...row.dnsNames, row.hint].join('\n').toLowerCase();
}

export function agentText(row: AgentRow): string {
  const selectors = row.selectors.map(({ type, value }) => `${type}:${value}`);
  return [row.id, row.attestationType, row.serialNumber, ...selectors].join('\n').toLowerCase();
}
