import {
  AuthorityKind,
  type AuthoritySetSchema,
  AuthoritySlot,
  ExpiryKind,
  ExpiryService,
  GateVerdict,
  Severity,
  StepState,
  TrustDomainService,
} from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import type { World } from './world.ts';

const HOUR = 3_600_000;
const inHours = (hours: number) => timestampFromMs(Date.now() + hours * HOUR);
const X509 = 'f8d3b1c2a4e5968778695a4b3c2d1e0f10213243';
const NEXT = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const JWT = 'q3Tn0sPbXvLkR8wZyD1mHc5uEaGf9iJ2';

type Set = MessageInitShape<typeof AuthoritySetSchema>;

/** One server in the middle of a rotation, one that rests, and one that cannot be read. */
function makeSets(): Set[] {
  const about = {
    connection: 'spire-org-a',
    trustDomain: 'org-a.test',
    readAt: timestampFromMs(Date.now() - 4000),
  };
  return [
    {
      ...about,
      kind: AuthorityKind.X509,
      severity: Severity.INFO,
      summary: 'The old authority is trusted until it expires, or until it is tainted and revoked.',
      authorities: [
        {
          kind: AuthorityKind.X509,
          slot: AuthoritySlot.ACTIVE,
          id: NEXT,
          notBefore: inHours(-1),
          expiresAt: inHours(23),
          inBundle: true,
          note: 'It signs every new X.509-SVID.',
          svids: 2n,
        },
        {
          kind: AuthorityKind.X509,
          slot: AuthoritySlot.OLD,
          id: X509,
          notBefore: inHours(-13),
          expiresAt: inHours(11),
          inBundle: true,
          note: 'It signs nothing more.',
          svids: 1n,
        },
      ],
      steps: [
        {
          action: 'authority.prepare',
          possible: true,
          inputJson: '{"connection":"spire-org-a","kind":"x509"}',
          state: StepState.DONE,
        },
        {
          action: 'authority.activate',
          state: StepState.DONE,
          gates: [{ verdict: GateVerdict.CLOSED, text: 'No authority is prepared. Prepare one first.' }],
        },
        {
          action: 'authority.taint',
          state: StepState.NEXT,
          possible: true,
          safe: true,
          authorityId: X509,
          inputJson: `{"connection":"spire-org-a","kind":"x509","id":"${X509}"}`,
          gates: [
            { verdict: GateVerdict.HOLDS, text: 'It signs nothing any more.' },
            { verdict: GateVerdict.UNKNOWN, text: 'Whether anybody still needs it.' },
          ],
        },
        {
          action: 'authority.revoke',
          state: StepState.LATER,
          gates: [{ verdict: GateVerdict.CLOSED, text: 'It is not tainted. Taint it first.' }],
        },
      ],
      oldUse: {
        id: X509,
        activatedAfter: inHours(-1.01),
        activatedBefore: inHours(-1),
        agents: 12n,
        agentsMoved: 9n,
        svids: 3n,
        svidsOnOld: 1n,
        until: inHours(11),
        likelyUntil: inHours(0.2),
        likelyReason: 'SPIRE’s usual TTL of 1 h is assumed.',
      },
      preparesAt: inHours(11),
      activatesAt: inHours(19),
      command: { tool: 'spire-server', line: 'spire-server localauthority x509 show' },
    },
    {
      ...about,
      kind: AuthorityKind.JWT,
      summary: 'One authority signs.',
      authorities: [
        {
          kind: AuthorityKind.JWT,
          slot: AuthoritySlot.ACTIVE,
          id: JWT,
          expiresAt: inHours(20),
          inBundle: true,
          note: 'It signs every new JWT-SVID.',
        },
      ],
      steps: [
        {
          action: 'authority.prepare',
          possible: true,
          state: StepState.NEXT,
          inputJson: '{"connection":"spire-org-a","kind":"jwt"}',
        },
        { action: 'authority.activate', state: StepState.LATER },
        { action: 'authority.taint', state: StepState.LATER },
        { action: 'authority.revoke', state: StepState.LATER },
      ],
    },
    {
      connection: 'spire-org-b',
      trustDomain: 'org-b.test',
      kind: AuthorityKind.X509,
      problem: 'It did not answer in time.',
    },
  ];
}

export function authorityRoutes(router: ConnectRouter, world: World): void {
  router.rpc(TrustDomainService.method.listAuthorities, () => ({ sets: makeSets() }));
  router.service(ExpiryService, {
    listExpiry: ({ kinds, page, onlyExpired, after, within, expired }) => {
      const now = Date.now();
      const all = world.entries
        .flatMap((entry) =>
          entry.expiresAt ? [{ entry, at: timestampDate(entry.expiresAt).getTime() }] : [],
        )
        .toSorted((a, b) => a.at - b.at);
      const wanted = kinds.length === 0 || kinds.includes(ExpiryKind.ENTRY);
      const listed = all.filter(({ at }) => {
        if (!wanted) return false;
        if (onlyExpired) return at <= now;
        if (at <= now) return expired && after === 0n;
        const away = BigInt(Math.floor((at - now) / 1000));
        return away >= after && (within === 0n || away <= within);
      });
      const from = Number(page?.offset ?? 0n);
      const past = all.filter(({ at }) => at <= now).length;
      return {
        items: listed.slice(from, from + (page?.limit || 100)).map(({ entry }) => ({
          kind: ExpiryKind.ENTRY,
          connection: entry.connection,
          trustDomain: 'org-a.test',
          name: entry.spiffeId,
          ...(entry.createdAt && { notBefore: entry.createdAt }),
          ...(entry.expiresAt && { expiresAt: entry.expiresAt }),
          note: 'Then it is pruned within 5 minutes.',
          severity: Severity.WARNING,
          link: `/entries?id=${entry.connection}/${entry.id}`,
        })),
        total: BigInt(listed.length),
        bins: [
          { to: timestampFromMs(now), kind: ExpiryKind.ENTRY, count: BigInt(past) },
          { from: timestampFromMs(now), to: inHours(1) },
          { from: inHours(1), to: inHours(24), kind: ExpiryKind.ENTRY, count: BigInt(all.length - past) },
          { from: inHours(24), kind: ExpiryKind.X509_AUTHORITY, count: 1n },
        ],
        freshness: { asOf: timestampFromMs(world.readAt) },
        now: timestampFromMs(now),
        missing: ['X.509 authorities of spire-org-b: It did not answer in time.'],
      };
    },
  });
}
