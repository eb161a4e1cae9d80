/** The channels that the practice channel managers have from the start. */
export interface ManagedChannel {
  /** `org/ns/channel` */
  name: string;
  manager: 'open' | 'fixed';
  /** Absent: nobody owns it. */
  owner?: 'console' | 'payments' | 'elsewhere';
  /** Who is asked for a change without a grant. */
  callback?: 'console' | 'payments';
  ttlSeconds?: number;
  /** `org/ns/app` */
  members: readonly string[];
}

export const PRACTICE_MANAGED: readonly ManagedChannel[] = [
  {
    name: 'acme/ops/war-room',
    manager: 'open',
    owner: 'console',
    callback: 'console',
    members: ['acme/ops/alice', 'acme/ops/bob'],
  },
  // Its lifetime is a shift's rest: long enough to be seen, short enough to be noticed.
  {
    name: 'acme/ops/shift-handover',
    manager: 'open',
    owner: 'console',
    ttlSeconds: 45 * 60,
    members: ['acme/ops/alice', 'acme/ops/pager-bot'],
  },
  {
    name: 'acme/payments/month-end',
    manager: 'open',
    owner: 'payments',
    callback: 'payments',
    members: ['acme/payments/ledger-agent'],
  },
  {
    name: 'acme/legal/hold',
    manager: 'open',
    owner: 'elsewhere',
    members: ['acme/payments/ledger-agent', 'acme/ops/alice'],
  },
  {
    name: 'acme/support/lobby',
    manager: 'open',
    members: ['acme/support/triage-bot', 'acme/ops/bob'],
  },
  {
    name: 'acme/platform/announcements',
    manager: 'fixed',
    members: ['acme/ops/alice', 'acme/ops/bob', 'acme/support/triage-bot'],
  },
];

/** Who asks for which change of the console's own channel, one after the other. */
export interface Wish {
  action: 'add' | 'delete';
  member: string;
  /** Whom an authenticated API of the manager would know; empty: nobody. */
  requester: string;
}

export const WISHED_CHANNEL = 'acme/ops/war-room';
export const PRACTICE_WISHES: readonly Wish[] = [
  {
    action: 'add',
    member: 'acme/payments/fraud-watch',
    requester: 'spiffe://harbor.example/ns/payments/sa/ledger',
  },
  { action: 'add', member: 'acme/support/triage-bot', requester: '' },
  { action: 'add', member: 'acme/ops/pager-bot', requester: 'spiffe://harbor.example/legacy/old-gate' },
  { action: 'delete', member: 'acme/payments/fraud-watch', requester: '' },
  { action: 'delete', member: 'acme/support/triage-bot', requester: 'spiffe://harbor.example/people/bob' },
];
