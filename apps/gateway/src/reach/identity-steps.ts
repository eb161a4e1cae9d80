import { labelOf } from './channel.ts';
import type { Party } from './channel.ts';
import { query } from './step.ts';
import type { Remedy, Step } from './step.ts';

/** Who stands behind a name; its states are those of MemberIdentity, and `no-rule`. */
export interface Known {
  state: string;
  spiffeId: string;
  connection: string;
  entryId: string;
  agentId: string;
  reason: string;
}

export type Identities = ReadonlyMap<string, Known>;

/** Which SPIFFE identity stands behind names, by the rules of the configuration; org/namespace/app is the key. */
export type IdentitiesOf = (names: readonly string[]) => Promise<Identities>;

/**
 * Who stands behind both sides. Without a rule for names that is one answer for all of them.
 * @param spiffe whether they authenticate by it; undefined: not told
 */
export function identitySteps(parties: readonly Party[], identities: Identities, spiffe?: boolean): Step[] {
  const unmapped = parties.filter(({ name }) => nobody.has(identities.get(name)?.state ?? 'no-rule'));
  const steps = parties.flatMap((party): Step[] => {
    const identity = identities.get(party.name);
    return identity && !nobody.has(identity.state) ? [stepOf(party, identity, spiffe)] : [];
  });
  const [first] = unmapped;
  if (!first) return steps;
  return [
    ...steps,
    {
      kind: 'identity',
      title:
        unmapped.length === 1
          ? `Identity of ${labelOf(first)}`
          : `Identity of ${unmapped.length.toLocaleString('en')} names`,
      state: 'unknown',
      detail:
        identities.get(first.name)?.reason ||
        'No rule of the configuration says which SPIFFE ID stands behind it (slimIdentities).',
    },
  ];
}

const nobody = new Set(['no-rule', 'unmapped']);
const sound = new Set(['mapped']);
const broken = new Set(['entry-gone', 'agent-gone', 'agent-banned', 'expired']);

function stepOf(party: Party, identity: Known, spiffe: boolean | undefined): Step {
  const { state, spiffeId, connection, entryId, agentId, reason } = identity;
  const aside =
    spiffe === false ? ' It takes no part here: members of the channel authenticate by a shared secret.' : '';
  const bad = broken.has(state);
  const who = spiffeId === '' ? '' : `${spiffeId}: `;
  const said = sound.has(state)
    ? `${spiffeId}, by an entry of ${connection}.${reason === '' ? '' : ` ${reason}`}`
    : `${who}${reason === '' ? state : reason}`;
  const entry = entryId === '' ? '' : query('/entries', { id: `${connection}/${entryId}` });
  return {
    kind: 'identity',
    title: `Identity of ${labelOf(party)}`,
    state: sound.has(state) ? 'good' : bad && spiffe !== false ? 'wrong' : 'unknown',
    detail: `${said}${aside}`,
    ...(entry === '' ? {} : { link: entry }),
    remedies: remediesOf(state, { spiffeId, connection, agentId, entry }),
  };
}

function remediesOf(
  state: string,
  of: { spiffeId: string; connection: string; agentId: string; entry: string },
): Remedy[] {
  const agent = query('/agents', { id: of.agentId });
  switch (state) {
    case 'entry-gone':
      return [
        {
          title: `Make an entry for ${of.spiffeId}…`,
          link: query('/entries/new', { spiffeId: of.spiffeId, connection: of.connection }),
        },
      ];
    case 'agent-gone':
      return [{ title: 'Start the agent, or give the entry one that is attested.', link: of.entry || agent }];
    case 'agent-banned':
      return [
        { title: 'A banned agent serves nobody: evict it, so that its host may attest again.', link: agent },
      ];
    case 'expired':
      return [
        {
          title: 'See why its SVID was not renewed: the agent or its server cannot be reached.',
          link: agent,
        },
      ];
    default:
      return [];
  }
}
