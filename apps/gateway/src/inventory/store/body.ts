import { entryOf } from '../../upstream/spire/entry-wire.ts';
import type { AgentRow, BundleRow, EntryRow } from '../../upstream/spire/rows.ts';

const bigints = new Set(['expiresAt', 'revisionNumber', 'createdAt', 'refreshHint', 'sequenceNumber']);

/** A row as text: int64 fields as decimal strings, because JSON numbers end at 2^53 (S-38), and bytes in base64. */
export function encode(row: EntryRow | AgentRow | Omit<BundleRow, 'readAt'>): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

/** The column `entry.body`: the entry as its server sent it. */
export function decodeEntry(body: unknown): EntryRow {
  if (!(body instanceof Uint8Array)) throw new TypeError('the body of an entry is bytes');
  return entryOf(body);
}

export function decodeAgent(body: unknown): AgentRow {
  return JSON.parse(String(body), revive) as AgentRow;
}

/** An entry as `encode` wrote it, as the log of changes has it. */
export function decodeEntryText(body: string): EntryRow {
  return JSON.parse(body, revive) as EntryRow;
}

export function decodeBundle(body: string): Omit<BundleRow, 'readAt'> {
  const bytes = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), 'base64'));
  const row = JSON.parse(body, revive) as Omit<BundleRow, 'readAt'>;
  return {
    ...row,
    x509: row.x509.map((one) => ({ ...one, der: bytes(one.der) })),
    jwt: row.jwt.map((one) => ({ ...one, publicKey: bytes(one.publicKey) })),
  };
}

function revive(key: string, value: unknown): unknown {
  return bigints.has(key) && typeof value === 'string' && /^-?\d+$/u.test(value) ? BigInt(value) : value;
}

/**
 * Text that a search looks in, but for the parent: parents are few, and looked through by themselves. The separator
 * is in no search, so that no match spans two fields. Takes the columns as they are stored.
 */
export function entryText(spiffeId: string, selectors: string, dnsNames: string, hint: string): string {
  return `${spiffeId}\n${selectors}\n${dnsNames}\n${hint}`.toLowerCase();
}

/** What a search looks for. */
export function searchText(search: string): string {
  return search.toLowerCase().replaceAll('\n', ' ');
}

export function agentText(row: AgentRow): string {
  const selectors = row.selectors.map(({ type, value }) => `${type}:${value}`);
  return [row.id, row.attestationType, row.serialNumber, row.version, ...selectors].join('\n').toLowerCase();
}
