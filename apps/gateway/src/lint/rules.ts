import { formatSelector } from '@muster/domain';
import { isBroad, selectorKey, unknownSelector } from '@muster/domain/selector-vocabulary';
import { entryStates } from '../inventory/store/query.ts';
import type { EntryFields, EntryRow, SelectorRow } from '../upstream/spire/rows.ts';
import type { FindingCode } from './catalog.ts';

/** What one rule has against an entry or agent. */
export interface Problem {
  code: FindingCode;
  text: string;
}

/** What the rules know of a server besides the entry; plain data, it crosses to the store's thread. */
export interface LintFacts {
  /** Unix seconds. */
  now: number;
  /** Trust domains whose bundles the server has, its own among them; undefined: not known. */
  bundles: string[] | undefined;
  /** Life of its X.509 authority from beginning to end, seconds; 0: not known. */
  authorityLife: number;
}

/** Sorted text of a set of selectors, the same whatever their order. */
export function selectorSet(selectors: readonly SelectorRow[]): string {
  return selectors
    .map(({ type, value }) => JSON.stringify([type, value]))
    .toSorted()
    .join();
}

const isAlias = (parentId: string): boolean => /^spiffe:\/\/[^/]+\/spire\/server$/u.test(parentId);

/** An alias that SPIRE makes with a join token: its parent is the agent, and its only selector says so. */
const isTokenAlias = ({ parentId, selectors }: Pick<EntryFields, 'parentId' | 'selectors'>): boolean =>
  selectors.length === 1 && selectors[0]?.type === 'spiffe_id' && selectors[0].value === parentId;

/** What is risky in an entry by itself, whether it exists or is only planned. */
export function fieldProblems(fields: EntryFields, now: bigint): Problem[] {
  const out: Problem[] = [];
  const add = (code: FindingCode, text: string): void => void out.push({ code, text });
  if (fields.admin) add('admin', 'Admin: whoever holds this SVID may change everything on its SPIRE server.');
  if (fields.downstream)
    add('downstream', 'Downstream: its holder gets an intermediate CA and can issue SVIDs itself.');
  const alias = isAlias(fields.parentId) || isTokenAlias(fields);
  for (const selector of fields.selectors) {
    const text = formatSelector(selector);
    const unknown = unknownSelector(selector);
    // A type that nothing is near is most likely a third party's attestor.
    if (unknown && (unknown.what === 'key' || unknown.meant !== undefined)) {
      const meant = unknown.meant === undefined ? '' : ` ${unknown.meant} may be meant.`;
      add(
        'unknown-selector',
        unknown.what === 'key'
          ? `${text}: the ${selector.type} attestor makes no such key, so nothing ever matches.${meant}`
          : `${text}: no attestor of SPIRE’s own has this type.${meant}`,
      );
    } else if (!alias && selectorKey(selector)?.of === 'node')
      add(
        'node-selector',
        `${text}: agents get this selector, workloads never do, so nobody is given this entry.`,
      );
  }
  if (!alias && isBroad(fields.selectors)) {
    const all = fields.selectors.map(formatSelector).join(', ');
    add(
      'broad-selectors',
      fields.selectors.length === 1
        ? `One selector, ${all}, fits every process that shares it. Add one that tells this workload from the rest.`
        : `All its selectors are of the kind that many processes share: ${all}. Add one that tells this workload from the rest.`,
    );
  }
  if (fields.expiresAt !== 0n && fields.expiresAt <= now)
    add(
      'expired',
      'Its expiry is in the past: SPIRE accepts it, goes on issuing, and prunes it within five minutes.',
    );
  return out;
}

/** What is wrong with an entry as its server stands; `state` as the store has it. */
export function entryProblems(row: EntryRow, state: number, facts: LintFacts): Problem[] {
  const out = fieldProblems(row, BigInt(facts.now));
  const add = (code: FindingCode, text: string): void => void out.push({ code, text });
  if (state === entryStates.noAgent && !isAlias(row.parentId))
    add(
      'orphan',
      `Its parent ${row.parentId} is neither an attested agent nor leads to one: nobody is given this entry.`,
    );
  if (state === entryStates.agentBanned)
    add('agent-banned', `Its agent is banned (${row.parentId}): nobody is given this entry.`);
  if (state === entryStates.agentExpired)
    add(
      'agent-expired',
      `The SVID of its agent has expired (${row.parentId}): the agent has stopped or lost its server.`,
    );
  if (facts.authorityLife > 0 && row.x509SvidTtl > facts.authorityLife)
    add(
      'ttl-beyond-authority',
      `Its X.509-SVID TTL is ${row.x509SvidTtl} s, but the authority itself lives ${facts.authorityLife} s: SPIRE silently issues shorter ones.`,
    );
  const bundles = facts.bundles && new Set(facts.bundles);
  const missing = bundles ? row.federatesWith.filter((name) => !bundles.has(name)) : [];
  if (missing.length > 0)
    add(
      'missing-bundle',
      `It federates with ${missing.join(', ')}, of which the server has no bundle: its workloads cannot verify anybody from there.`,
    );
  return out;
}

/** Entries that give out the same to the same workloads. `others` have its parent and its set of selectors. */
export function twinProblems(row: EntryRow, others: readonly EntryRow[]): Problem[] {
  const out: Problem[] = [];
  const ids = (rows: readonly EntryRow[]): string =>
    rows
      .slice(0, 3)
      .map(({ id }) => id)
      .join(', ') + (rows.length > 3 ? ` and ${rows.length - 3} more` : '');
  const same = others.filter(({ spiffeId }) => spiffeId === row.spiffeId);
  if (same.length > 0)
    out.push({
      code: 'similar',
      text: `${same.length === 1 ? 'Entry' : 'Entries'} ${ids(same)} ${same.length === 1 ? 'has' : 'have'} the same ID, parent and selectors: one of them is not needed.`,
    });
  const different = others.filter(({ spiffeId }) => spiffeId !== row.spiffeId);
  const [first] = different;
  if (first) {
    const names = [...new Set(different.map(({ spiffeId }) => spiffeId))];
    out.push({
      code: 'duplicate',
      text: `The same workloads also get ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} (entry ${first.id}): same parent, same selectors. Right when a workload is meant to have several identities; programs that take the first one then depend on the order.`,
    });
  }
  const hinted = others.filter(({ hint }) => hint !== '' && hint === row.hint);
  if (hinted.length > 0)
    out.push({
      code: 'hint-twice',
      text: `Entry ${ids(hinted)} gives the same workloads the same hint “${row.hint}”: an agent gives out only the older one.`,
    });
  return out;
}
