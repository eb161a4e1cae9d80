import { ContextTopic } from '@muster/api';
import type { AuthorityFact } from '../authorities/join.ts';
import { kindNames, sameKey } from '../authorities/join.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import type { SvidFacts } from './facts.ts';
import { isoMs, pathTo, sayOf } from './finding.ts';
import type { Finding } from './finding.ts';

const say = sayOf(ContextTopic.AUTHORITY);

/** Keys of one server of the trust domain. */
export interface AuthoritiesSeen {
  connection: string;
  kind: LocalKind;
  authorities: readonly AuthorityFact[];
  asOf: Date;
  /** A version of the bundle that had the key and is no more; undefined: none that is kept. */
  former: { at: number; goneAt: number } | undefined;
  /** Since when versions are kept, ms; undefined: none is. */
  keptSince: number | undefined;
  /** Why they could not be read; empty when they could. */
  problem: string;
}

/** Which key has the identifier that the SVID names. That its signature holds is for the verdict to say. */
export function authorityFindings(seen: readonly AuthoritiesSeen[], facts: SvidFacts): Finding[] {
  const { signer, kind } = facts;
  if (kind === 'wit')
    return [
      say.unknown(
        'authority-unknown',
        'Its key is not known here',
        'SPIRE 1.15 shows no WIT authorities by its API.',
      ),
    ];
  const unread = seen
    .filter(({ problem }) => problem !== '')
    .map(({ connection, problem }) =>
      say.unknown('authority-unread', `The authorities of ${connection} cannot be read`, problem, {
        connection,
      }),
    );
  const read = seen.filter(({ problem }) => problem === '');
  if (signer === '')
    return [
      ...unread,
      say.unknown(
        'authority-unnamed',
        'It does not name the key that signed it',
        kind === 'jwt'
          ? 'It has no key id, or none was given here.'
          : 'It has no authority key identifier, or none was given here.',
      ),
    ];
  const found = read.flatMap((one) => {
    const authority = one.authorities.find(({ id }) => sameKey(id, signer));
    return authority ? [foundFinding(one, authority)] : [];
  });
  if (found.length > 0) return [...found, ...unread];
  return [...unread, ...read.map((one) => missing(one, signer))];
}

function foundFinding(seen: AuthoritiesSeen, authority: AuthorityFact): Finding {
  const { connection, kind, asOf } = seen;
  const from = {
    connection,
    asOf,
    links: [{ text: 'Authorities', link: pathTo('/authorities', { at: `${connection}/${kind}` }) }],
  };
  const key = `${kindNames[kind]} authority ${short(authority.id)}`;
  if (!authority.inBundle)
    return say.danger(
      'authority-revoked',
      'Its authority is trusted no more',
      `${key} of ${connection} is not in its bundle: it was revoked, or has expired. ${authority.note}`,
      from,
    );
  if (authority.tainted)
    return say.danger(
      'authority-tainted',
      'Its authority is tainted',
      `${key} of ${connection} was tainted: it is no longer to be relied on, and is trusted until it is revoked.`,
      from,
    );
  switch (authority.slot) {
    case 'active':
      return say.good(
        'authority-active',
        'Signed by the active authority',
        `By its key identifier: ${key} of ${connection}.`,
        from,
      );
    case 'old':
      return say.plain(
        'authority-old',
        'Signed by the old authority',
        `${key} of ${connection} signs nothing new; what it signed is trusted until it expires${authority.expiresAt > 0n ? ` (${isoMs(Number(authority.expiresAt) * 1000)})` : ''} or is revoked.`,
        from,
      );
    case 'prepared':
      return say.danger(
        'authority-prepared',
        'Signed by an authority that signs nothing yet',
        `${key} of ${connection} is prepared, not active: a server does not sign with it. Whoever signed this has its private key.`,
        from,
      );
    default:
      return say.plain(
        'authority-in-bundle',
        'Signed by a key of the bundle that is in no slot',
        `${key}. ${authority.note}`,
        from,
      );
  }
}

function missing({ connection, kind, asOf, former, keptSince }: AuthoritiesSeen, signer: string): Finding {
  const from = {
    connection,
    asOf,
    links: [{ text: 'Authorities', link: pathTo('/authorities', { at: `${connection}/${kind}` }) }],
  };
  if (former)
    return say.danger(
      'authority-rotated-out',
      'Its authority has left the bundle',
      `Key ${short(signer)} was in the bundle of ${connection} from ${isoMs(former.at)} at the latest, and has been out of it since ${isoMs(former.goneAt)}.`,
      from,
    );
  const since =
    keptSince === undefined
      ? 'Earlier versions of its bundle are not kept here.'
      : `Versions of its bundle are kept since ${isoMs(keptSince)}, and none had it.`;
  return say.danger(
    'authority-none',
    'No key of the trust domain has that identifier',
    `The bundle of ${connection} has no key ${short(signer)}. ${since} It is older, of another server that ${connection} does not share keys with, or not of this trust domain at all.`,
    from,
  );
}

const short = (id: string): string => (id.length > 16 ? `${id.slice(0, 12)}…` : id);
