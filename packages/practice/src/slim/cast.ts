/** Who lives on the practice network and which channels the moderator is asked to make of them. */

export interface PracticeChannel {
  /** `org/ns/channel` */
  name: string;
  /** `org/ns/app` of those to invite. */
  members: string[];
}

export const PRACTICE_MEMBERS = [
  'acme/ops/alice',
  'acme/ops/bob',
  'acme/ops/pager-bot',
  'acme/payments/ledger-agent',
  'acme/payments/fraud-watch',
  'acme/support/triage-bot',
] as const;

/** Alice is in both, so that a person in two channels can be seen; triage-bot is from another namespace. */
export const PRACTICE_CHANNELS: readonly PracticeChannel[] = [
  {
    name: 'acme/ops/incident-room',
    members: ['acme/ops/alice', 'acme/ops/bob', 'acme/ops/pager-bot', 'acme/support/triage-bot'],
  },
  {
    name: 'acme/payments/reconciliation',
    members: ['acme/payments/ledger-agent', 'acme/payments/fraud-watch', 'acme/ops/alice'],
  },
];

/** `{n}` becomes a small number, `{ms}` a latency, `{id}` an invoice or ticket number. */
const LINES: Record<string, readonly string[]> = {
  alice: [
    'p95 in eu-west is back to {ms} ms, watching it for another ten minutes',
    'Rolled checkout back one version, canary is clean',
    'I take the next shift, handover notes are in INC-{id}',
    'Error budget for the week: {n} % left',
  ],
  bob: [
    'Drained node {n}, no traffic on it now',
    'Restarted the ingest workers, lag is falling',
    'Agent on node {n} renewed its SVID as expected',
    'Can someone confirm the queue depth in us-east?',
  ],
  'pager-bot': [
    'Alert resolved: high latency on checkout ({ms} ms)',
    'Alert: {n} pods restarting in namespace ingest',
    'INC-{id} acknowledged by alice',
    'On call until 18:00 UTC: alice, then bob',
  ],
  'ledger-agent': [
    'Batch {id} balanced, {n} postings',
    'Waiting for the settlement file of the acquirer, {n} minutes late',
    'Invoice {id} matched to its payment',
    'Ledger closed for the hour with no difference',
  ],
  'fraud-watch': [
    'Score for payment {id}: low, released',
    '{n} payments held for review',
    'New rule on card velocity active, {n} hits so far',
    'Nothing unusual in the last hour',
  ],
  'triage-bot': [
    'Ticket {id} looks like the checkout incident, linked',
    '{n} new tickets, all about slow pages',
    'Customer of ticket {id} confirms it works again',
    'First answer time today: {n} minutes',
  ],
};

const SMALL_TALK = ['All quiet here', 'Still here, nothing to report'];

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
const between = (low: number, high: number) => Math.floor(low + Math.random() * (high - low));

/** One short message that this member might write. */
export function chatter(member: string): string {
  return pick(LINES[member.split('/')[2] ?? ''] ?? SMALL_TALK)
    .replaceAll('{n}', () => String(between(2, 24)))
    .replaceAll('{ms}', () => String(between(90, 480)))
    .replaceAll('{id}', () => String(between(1000, 9999)));
}

/** What this member answers to a person who wrote `text`. */
export function answer(text: string): string {
  if (/\bstatus\b|how (is|are)|what'?s up/i.test(text))
    return `Status: all green on my side, ${between(2, 24)} jobs running`;
  if (/thank/i.test(text)) return pick(['Any time', 'You are welcome']);
  if (text.includes('?'))
    return pick(['Looking into it, one moment', 'Checking now, I come back to you here']);
  return pick(['Understood', 'Noted, thank you', 'On it']);
}
