import { Severity } from '@muster/api';
import { kindNames, svidNames } from './join.ts';
import { automatic, inSlot, iso, short } from './situation.ts';
import type { Facts } from './situation.ts';

/** Where the rotation of one kind stands, in one sentence, and how urgent it is. */
export function standing(situation: Facts): { summary: string; severity: Severity } {
  const { kind, now } = situation;
  const active = inSlot(situation, 'active');
  const prepared = inSlot(situation, 'prepared');
  const old = inSlot(situation, 'old');
  const say = (severity: Severity, summary: string) => ({ severity, summary });
  if (!active)
    return say(Severity.DANGER, `No ${kindNames[kind]} authority is active: nothing can be issued.`);
  if (!active.inBundle)
    return say(
      Severity.DANGER,
      `The active authority is not in the bundle: no ${svidNames[kind]} issued now is trusted.`,
    );
  if (active.tainted)
    return say(
      Severity.DANGER,
      'What the active authority rests on is tainted: SPIRE is about to replace what it signs. Rotate it.',
    );
  if (active.expiresAt !== 0n && active.expiresAt <= now)
    return say(
      Severity.DANGER,
      `The active authority expired at ${iso(active.expiresAt)}: no ${svidNames[kind]} of it is trusted any more.`,
    );
  const own = automatic(situation);
  if (prepared)
    return say(
      Severity.INFO,
      `${short(prepared.id)} is prepared and published. ${own ? `The server activates it by itself at ${iso(own.activates)}, if nobody does before.` : 'The server activates it by itself before the active one expires, if nobody does before.'}`,
    );
  if (old?.inBundle === true && old.tainted)
    return say(
      Severity.WARNING,
      `The old authority is tainted and still trusted. Revoke it once nothing hangs on it.`,
    );
  if (own && own.activates <= now)
    return say(
      Severity.WARNING,
      `The active authority expires at ${iso(active.expiresAt)}, and none is prepared: the server should have prepared one at ${iso(own.prepares)}. Look at its log.`,
    );
  if (old?.inBundle === true)
    return say(
      Severity.INFO,
      `${short(active.id)} took over. The old authority is trusted until it expires (${iso(old.expiresAt)}), or until it is tainted and revoked.`,
    );
  if (old)
    return say(Severity.UNSPECIFIED, 'The rotation is complete: the old authority is trusted no more.');
  return say(
    Severity.UNSPECIFIED,
    own
      ? 'One authority signs. The server prepares the next by itself before half of its life is left.'
      : 'One authority signs. The server prepares the next by itself; when is not known, because a JWT key does not say since when it is valid.',
  );
}
