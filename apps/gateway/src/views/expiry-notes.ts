import { Severity } from '@muster/api';
import type { AgentRow, EntryRow } from '../upstream/spire/rows.ts';

/** What happens when something expires, and how much a person should care. */
export interface Note {
  note: string;
  severity: Severity;
}

const minute = 60n;
const day = 86_400n;

const say = (severity: Severity, note: string): Note => ({ severity, note });

/** All times are Unix seconds. */
export function entryNote(row: EntryRow, now: bigint): Note {
  if (row.expiresAt <= now)
    return now - row.expiresAt < 6n * minute
      ? say(
          Severity.WARNING,
          'Expired, awaiting pruning: SPIRE prunes every 5 minutes, and issues for it until then.',
        )
      : say(
          Severity.WARNING,
          'Expired and still there: SPIRE prunes every 5 minutes, so this copy is old or its pruning has stopped. It issues for it until then.',
        );
  const what = 'Then it is pruned within 5 minutes, and no agent issues or renews for it any more.';
  return row.expiresAt - now <= day
    ? say(Severity.WARNING, `${what} To keep the workload going, give it a later expiry.`)
    : say(Severity.INFO, what);
}

/** `renewedAfter` is Unix seconds, 0 when no renewal was seen. */
export function agentNote(row: AgentRow, renewedAfter: bigint, now: bigint): Note {
  const again = row.canReattest
    ? 'it attests again by itself once it runs'
    : 'it can come back only with a new join token or a like proof';
  if (row.banned) return say(Severity.INFO, 'Banned: it cannot renew, and its SVID runs out.');
  if (row.expiresAt <= now)
    return say(
      Severity.WARNING,
      `Its SVID ran out without being renewed: stopped, or cut off from its server; ${again}.`,
    );
  const life = renewedAfter === 0n ? 0n : row.expiresAt - renewedAfter;
  if (life > 0n && (row.expiresAt - now) * 10n < life * 4n)
    return say(
      Severity.WARNING,
      `A running agent renews at about half of its SVID’s life; this one is past that. If it does not, ${again}.`,
    );
  return say(
    Severity.INFO,
    `A running agent renews long before, at about half of its SVID’s life. If it does not, ${again}.`,
  );
}

export function svidNote(notBefore: bigint, expiresAt: bigint, now: bigint): Note {
  if (expiresAt <= now)
    return say(Severity.DANGER, 'Expired: nobody accepts it. The agent did not renew it.');
  const life = expiresAt - notBefore;
  return (now - notBefore) * 10n > life * 7n
    ? say(Severity.WARNING, 'Agents renew at about half of its life; this one is well past that.')
    : say(Severity.INFO, 'The agent renews it at about half of its life, while its entry is there.');
}

export function federatedNote(trustDomain: string, expiresAt: bigint, now: bigint): Note {
  if (expiresAt <= now)
    return say(
      Severity.DANGER,
      `No X.509-SVID of ${trustDomain} can be verified with this copy any more. Refresh the federation, or set the bundle.`,
    );
  const what = `Then no X.509-SVID of ${trustDomain} can be verified with this copy, unless a newer one has been fetched.`;
  return say(expiresAt - now <= day / 24n ? Severity.WARNING : Severity.INFO, what);
}

export function tokenNote(expiresAt: bigint, now: bigint): Note {
  return expiresAt <= now
    ? say(
        Severity.INFO,
        'Ran out unused, as far as this gateway saw. A server can neither list nor revoke join tokens.',
      )
    : say(Severity.INFO, 'Then no agent can attest with it any more. It works once.');
}

/** `prepared`: another authority of the kind is prepared on the server. */
export function authorityNote(
  slot: string,
  svid: string,
  expiresAt: bigint,
  notBefore: bigint,
  prepared: boolean,
  now: bigint,
): Note {
  const expired = expiresAt <= now;
  switch (slot) {
    case 'active': {
      if (expired) return say(Severity.DANGER, `It signs and has expired: no ${svid} of it is trusted.`);
      const life = notBefore === 0n ? 0n : expiresAt - notBefore;
      const late = life > 0n && (expiresAt - now) * 6n < life;
      if (prepared)
        return say(
          late ? Severity.WARNING : Severity.INFO,
          'The next one is prepared; the server activates it by itself before that.',
        );
      return late || expiresAt - now <= minute
        ? say(
            Severity.WARNING,
            'None is prepared to follow it, and the server should have done so. Look at its log.',
          )
        : say(
            Severity.INFO,
            'None is prepared yet; the server does so by itself before half of its life is left.',
          );
    }
    case 'prepared':
      return say(
        expired ? Severity.WARNING : Severity.INFO,
        'Prepared, signs nothing yet; the server activates it before the active one expires.',
      );
    case 'old':
      return say(
        Severity.INFO,
        expired
          ? 'Replaced, and expired: nothing hangs on it.'
          : `Replaced; what it signed is trusted until then at the longest.`,
      );
    case 'upstream':
      return expired
        ? say(Severity.DANGER, 'The upstream authority has expired: nothing under it is trusted.')
        : say(
            expiresAt - now <= 7n * day ? Severity.WARNING : Severity.INFO,
            'The upstream authority; SPIRE does not renew it itself.',
          );
    default:
      return say(
        Severity.INFO,
        expired
          ? 'Expired; SPIRE takes it out of the bundle about a day after.'
          : 'In the bundle and in no slot here; it leaves the bundle about a day after.',
      );
  }
}
