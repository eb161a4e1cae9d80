import type { Asked } from './asked.ts';
import { labelOf, sameParty } from './channel.ts';
import type { ChannelSearch, FoundChannel, Party } from './channel.ts';
import { full } from './sought.ts';
import { query } from './step.ts';
import type { Remedy, Step } from './step.ts';

/** The channel that is meant of those found: the one that has most of the names asked about. */
export function pickChannel({ found }: ChannelSearch, parties: readonly Asked[]): FoundChannel | undefined {
  const has = (channel: FoundChannel): number =>
    parties.filter((party) => channel.members.some((member) => sameParty(member, party))).length;
  return found.toSorted((a, b) => has(b) - has(a) || b.members.length - a.members.length)[0];
}

/** Whether the channel is there, and whether both are in it. */
export function membershipSteps(
  name: string,
  search: ChannelSearch,
  channel: FoundChannel | undefined,
  parties: readonly Party[],
  routed: boolean,
  asOf: Date,
): Step[] {
  if (!channel) return [noChannel(name, search, parties, routed, asOf)];
  const { connection, members, moderator } = channel;
  const link = channelPath(channel);
  const steps: Step[] = [
    {
      kind: 'membership',
      title: `Channel ${name}`,
      state: 'good',
      detail: `${holderWords(channel)} ${connection} has it, with ${members.length === 1 ? 'one member' : `${members.length.toLocaleString('en')} members`}. ${moderator === '' ? 'Who moderates it is not told.' : `${moderator} moderates it.`}`,
      link,
      asOf,
    },
  ];
  for (const party of parties) {
    const inIt = members.some((member) => sameParty(member, party));
    steps.push({
      kind: 'membership',
      title: `${labelOf(party)} in the channel`,
      state: inIt ? 'good' : 'wrong',
      detail: inIt ? 'It is a member.' : `It is no member of ${name} on ${connection}.`,
      link: inIt ? memberPath(channel, party) : link,
      remedies: inIt ? [] : [inviteOf(channel, party.name, 'Invite')],
      asOf,
    });
  }
  return steps;
}

function noChannel(
  name: string,
  { unread, holders }: ChannelSearch,
  parties: readonly Asked[],
  routed: boolean,
  asOf: Date,
): Step {
  const base = { kind: 'membership' as const, title: `Channel ${name}`, link: '/channels', asOf };
  if (unread.length > 0)
    return {
      ...base,
      state: 'unknown',
      detail: `It could not be looked for everywhere. ${unread.join(' ')}`,
    };
  if (routed)
    return {
      ...base,
      state: 'unknown',
      detail:
        'Nothing connected here has it, and the network has routes of it: it is moderated elsewhere, and who is in it is not told.',
    };
  if (holders === 0)
    return {
      ...base,
      state: 'unknown',
      detail: 'No moderator and no channel manager is connected here: nothing tells of channels.',
      link: '/connections',
    };
  return {
    ...base,
    state: 'wrong',
    detail:
      'No moderator and no channel manager that is connected here has it: it was never made, was deleted, or is written otherwise.',
    remedies: [
      {
        title: `Make it on the page of channels, and invite ${parties.length > 0 ? parties.map((party) => party.name).join(' and ') : 'its members'}.`,
        link: '/channels',
      },
    ],
  };
}

/** Who is there; a channel manager does not tell. */
export function presenceSteps(channel: FoundChannel, parties: readonly Party[], asOf: Date): Step[] {
  const unknown = parties.filter(({ presence }) => presence === 'unknown');
  const steps: Step[] = [];
  for (const party of parties) {
    if (party.presence === 'unknown') continue;
    const away = party.presence === 'offline';
    const since = party.since ? ` since ${party.since.toISOString().slice(0, 19).replace('T', ' ')} UTC` : '';
    steps.push({
      kind: 'presence',
      title: `${labelOf(party)} there`,
      state: away ? 'wrong' : 'good',
      detail: away
        ? `Offline${since}, as our moderator sees it: it does not answer its heartbeats.`
        : `Online${since}, as our moderator sees it.`,
      link: memberPath(channel, party),
      asOf,
      remedies: away
        ? [
            { title: `Start ${party.name} again.` },
            ...(party.moderator === true ? [] : [inviteOf(channel, party.name, 'Then invite')]),
          ]
        : [],
    });
  }
  if (unknown.length === 0) return steps;
  const [first] = unknown;
  return [
    ...steps,
    {
      kind: 'presence',
      title:
        unknown.length === 1 && first
          ? `${labelOf(first)} there`
          : `${unknown.length.toLocaleString('en')} members there`,
      state: 'unknown',
      detail:
        channel.kind === 'slim-node'
          ? 'Our session has not heard of it yet, or is closed.'
          : `${holderWords(channel)} ${channel.connection} does not tell who is online: only a session of our own in the channel does.`,
      link: channelPath(channel),
      asOf,
    },
  ];
}

/** What is known of its encryption. */
export function mlsStep(channel: FoundChannel): Step {
  const base = { kind: 'mls' as const, title: 'End-to-end encryption (MLS)', link: channelPath(channel) };
  if (channel.mls === undefined)
    return {
      ...base,
      state: 'unknown',
      detail:
        'No API tells of a channel that was not made here. Members must agree: one without MLS cannot join a channel with it.',
    };
  return {
    ...base,
    state: 'good',
    detail: channel.mls
      ? 'On: whoever was invited has the group’s keys.'
      : 'Off: messages are not encrypted end to end, and none is held back by it.',
  };
}

function inviteOf(channel: FoundChannel, member: string, verb: string): Remedy {
  if (channel.locked !== '') return { title: channel.locked };
  return {
    title: `${verb} ${member}`,
    action: 'member.invite',
    input: { connection: channel.connection, channel: channel.name, member },
  };
}

const kinds: Record<FoundChannel['kind'], string> = {
  'slim-node': 'Our moderator on',
  'channel-manager': 'Channel manager',
  'slim-control-plane': 'Control plane',
};
const holderWords = ({ kind }: FoundChannel): string => kinds[kind];

const channelPath = ({ connection, name }: FoundChannel): string =>
  query('/channels', { channel: `${connection}/${name}` });
const memberPath = ({ connection, name }: FoundChannel, party: Pick<Party, 'name' | 'instance'>): string =>
  query('/channels', { channel: `${connection}/${name}`, member: full(party) });
