import { ContextTopic } from '@muster/api';
import type { Change } from '../inventory/store/changes.ts';
import type { RecordSpan } from '../inventory/store/records-between.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import { originOf } from '../history/origin.ts';
import type { EntriesSeen } from './entries.ts';
import { kindNames } from './facts.ts';
import type { SvidFacts } from './facts.ts';
import { counted, isoMs, pathTo, sayOf, span } from './finding.ts';
import type { Finding } from './finding.ts';
import { fitOf, lifetimeOf, ttlOf } from './fit.ts';

const say = sayOf(ContextTopic.ENTRY);

/** What was seen of the past of an ID on one server. */
export interface Past {
  /** Removals of entries of the ID, newest first. */
  removals: readonly Change[];
  /** Changes of the entries that are there, newest first. */
  changes: readonly Change[];
  /** From when on nothing is missing, ms; undefined: nothing is watched. */
  keptSince: number | undefined;
  /** Actions of this console at about the time the SVID began. */
  records: readonly RecordSpan[];
}

/** What a server that is asked now tells of the entries of an ID. */
export function entryFindings(seen: EntriesSeen, past: Past, facts: SvidFacts, now: number): Finding[] {
  const { name: connection, asOf } = seen;
  const from = { connection, asOf };
  const out: Finding[] = [];
  if (!seen.live) {
    const copy = asOf ? ` What is shown of it was read at ${isoMs(asOf.getTime())}.` : '';
    out.push(
      say.unknown('entry-unread', `${connection} cannot be asked`, `${seen.problem}${copy}`, {
        connection,
        links: [{ text: 'Connections', link: '/connections' }],
      }),
    );
    if (!asOf) return out;
  }
  const fits = seen.entries.map((entry) => ({ entry, fit: fitOf(entry.row, facts) }));
  const could = fits.filter(({ fit }) => fit.could);
  const links = seen.entries
    .slice(0, 3)
    .map((entry) => ({ text: `Entry ${short(entry.row.id)}`, link: entryLink(entry) }));
  if (could.length > 0)
    out.push(
      issues(
        could.map(({ entry }) => entry),
        seen,
        facts,
        links,
      ),
    );
  else if (fits.length > 0)
    out.push(
      say.warning(
        'entry-does-not-fit',
        `${counted(fits.length, 'entry has', 'entries have')} this SPIFFE ID, and none fits`,
        [...new Set(fits.flatMap(({ fit }) => fit.reasons))].slice(0, 4).join(' '),
        { ...from, links },
      ),
    );
  out.push(...changedSince(seen, past, facts));
  for (const { entry } of could)
    if (entry.row.expiresAt > 0n && Number(entry.row.expiresAt) * 1000 <= now)
      out.push(
        say.warning(
          'entry-expired',
          'The entry has expired',
          `Entry ${entry.row.id} expired at ${isoMs(Number(entry.row.expiresAt) * 1000)}; SPIRE deletes it within some minutes, and issues for it until then.`,
          { ...from, links: [{ text: 'Entry', link: entryLink(entry) }] },
        ),
      );
  if (seen.entries.length === 0) out.push(none(seen, past, facts, now));
  out.push(...mintedHere(past, facts));
  return out;
}

function issues(
  entries: readonly StoredEntry[],
  seen: EntriesSeen,
  facts: SvidFacts,
  links: { text: string; link: string }[],
): Finding {
  const from = { connection: seen.name, asOf: seen.asOf, links };
  const [first] = entries;
  if (entries.length === 1 && first && !seen.more)
    return say.good(
      'entry-issues',
      'One registration entry issues it',
      `Entry ${first.row.id} on ${seen.name} has this SPIFFE ID, under ${first.row.parentId}. ${ttlWords(first, facts)}`,
      from,
    );
  return say.good(
    'entry-issues',
    `${counted(entries.length, 'registration entry', 'registration entries')}${seen.more ? ' or more' : ''} could have issued it`,
    'An SVID does not say which of several entries of one SPIFFE ID it was issued for: whoever meets the selectors of any of them has this identity.',
    from,
  );
}

function ttlWords(entry: StoredEntry, facts: SvidFacts): string {
  const [ttl, lives] = [ttlOf(entry.row, facts), lifetimeOf(facts)];
  if (lives === undefined || facts.kind === '' || facts.kind === 'wit') return '';
  if (ttl === 0)
    return `It sets no TTL for ${kindNames[facts.kind]}s: the server’s default applies, which its API does not tell. This one lives for ${span(lives)}.`;
  return lives < ttl - 60
    ? `It sets ${span(ttl)}, and this one lives for ${span(lives)}: an SVID ends with the authority that signs it, or the TTL was shorter then.`
    : `It sets a TTL of ${span(ttl)}, which this one has.`;
}

function changedSince(seen: EntriesSeen, past: Past, { notBefore }: SvidFacts): Finding[] {
  if (notBefore === undefined) return [];
  return past.changes
    .filter(({ verb, seenAt }) => verb === 'changed' && seenAt > notBefore)
    .slice(0, 2)
    .map((change) =>
      say.plain(
        'entry-changed',
        'The entry was changed since',
        `Entry ${change.id} was changed ${between(change)}, after this SVID was issued: what it allows now need not be what it allowed then.`,
        {
          connection: seen.name,
          asOf: seen.asOf,
          links: [{ text: 'What changed', link: pathTo('/history', { target: change.id }) }],
        },
      ),
    );
}

/** There is none: gone, or never seen. */
function none(seen: EntriesSeen, past: Past, facts: SvidFacts, now: number): Finding {
  const from = { connection: seen.name, asOf: seen.asOf };
  const history = [{ text: 'History', link: pathTo('/history', { q: facts.spiffeId }) }];
  const ended = facts.expiresAt !== undefined && facts.expiresAt <= now;
  const still = ended
    ? 'The SVID has expired, too.'
    : facts.expiresAt === undefined
      ? 'Whoever holds the SVID keeps it until it expires: SPIRE revokes none.'
      : `Whoever holds the SVID keeps it until ${isoMs(facts.expiresAt)}: SPIRE revokes none.`;
  const tone = ended ? say.plain : say.danger;
  const [removal] = past.removals;
  if (seen.gone.length > 0)
    return tone(
      'entry-gone',
      'Its entry is gone',
      `${counted(seen.gone.length, 'entry', 'entries')} of this SPIFFE ID ${seen.gone.length === 1 ? 'was' : 'were'} there when ${seen.name} was read last, and ${seen.gone.length === 1 ? 'is' : 'are'} there no more. ${still}`,
      { ...from, links: history },
    );
  if (removal) {
    const before = facts.notBefore !== undefined && removal.seenAt < facts.notBefore;
    if (before)
      return say.danger(
        'entry-gone-before',
        'Its entry was gone before it was issued',
        `The last entry of this SPIFFE ID was deleted ${between(removal)}, and this SVID begins at ${isoMs(facts.notBefore ?? 0)}: it was minted by hand, or issued by another server of ${facts.trustDomain}.`,
        { ...from, links: history },
      );
    return tone(
      'entry-gone',
      'Its entry is gone',
      `Entry ${removal.id} was deleted ${between(removal)}. ${originOf(removal, past.records).text} ${still}`,
      { ...from, links: history },
    );
  }
  const since =
    past.keptSince === undefined
      ? 'Nothing is known of what was there before.'
      : `Changes are watched since ${isoMs(past.keptSince)}, and none was removed since.`;
  return say.warning(
    'entry-none',
    'No entry has this SPIFFE ID',
    `${seen.name} has none. ${since} It was deleted earlier, or the SVID was minted by hand (which needs no entry), or another server of ${facts.trustDomain} issued it.`,
    { ...from, links: history },
  );
}

/** Minting is full impersonation, and leaves no trace on the server: our own records are the only one. */
function mintedHere({ records }: Past, { spiffeId }: SvidFacts): Finding[] {
  const minted = records.filter(
    ({ action, state, title, detail }) =>
      action.startsWith('svid.mint') && state !== 'refused' && holds(`${title}\n${detail}`, spiffeId),
  );
  return minted
    .slice(0, 1)
    .map(({ record, from }) =>
      say.warning(
        'minted-here',
        'An SVID of this ID was minted from this console at that time',
        `At ${isoMs(from)}, when this SVID begins: it may be the one. A minted SVID needs no entry and no agent.`,
        { links: [{ text: 'Its record', link: pathTo('/activity', { id: record }) }] },
      ),
    );
}

/** `…/web` must not be found in `…/web-2`. */
function holds(text: string, word: string): boolean {
  const at = text.indexOf(word);
  return at >= 0 && !/[\w./-]/u.test(text[at + word.length] ?? '');
}

const entryLink = ({ connection, row }: StoredEntry): string =>
  pathTo('/entries', { id: `${connection}/${row.id}` });
export const short = (id: string): string => (id.length > 12 ? `${id.slice(0, 8)}…` : id);

function between({ notBefore, seenAt }: Change): string {
  return notBefore > 0 && notBefore < seenAt
    ? `between ${isoMs(notBefore)} and ${isoMs(seenAt)}`
    : `at ${isoMs(seenAt)}`;
}
