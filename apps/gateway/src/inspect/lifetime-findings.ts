import { ContextTopic } from '@muster/api';
import type { SvidFacts } from './facts.ts';
import { kindNames } from './facts.ts';
import { isoMs, pathTo, sayOf, span } from './finding.ts';
import type { Finding } from './finding.ts';
import { lifetimeOf } from './fit.ts';

const say = sayOf(ContextTopic.LIFETIME);

/** An X.509-SVID of the same SPIFFE ID that a Workload API connected here hands out now. */
export interface LiveSvid {
  connection: string;
  fingerprint: string;
  /** ms */
  notBefore: number;
  expiresAt: number;
  receivedAt: Date;
}

/** Seconds from which on a lifetime is called long: SPIRE's defaults are 1 h and 5 min. No specification sets one. */
const long = { x509: 86_400, jwt: 3600, wit: 3600, '': 86_400 } as const;
const usual = { x509: '1 h', jwt: '5 min', wit: '5 min', '': '1 h' } as const;
/** What SPIRE's validators allow after the end of a token, seconds. */
const leeway = 60;

export function lifetimeFindings(facts: SvidFacts, live: readonly LiveSvid[], now: number): Finding[] {
  return [...lengthFindings(facts), ...replayFindings(facts, now), ...newestFindings(facts, live, now)];
}

function lengthFindings(facts: SvidFacts): Finding[] {
  const { kind, notBefore, expiresAt } = facts;
  const lives = lifetimeOf(facts);
  if (lives === undefined)
    return expiresAt === undefined && kind === 'jwt'
      ? [
          say.danger(
            'ttl-endless',
            'It does not end',
            'It has no expiry: whoever gets hold of it has it for good.',
          ),
        ]
      : [
          say.unknown(
            'ttl-unknown',
            'How long it lives is not known',
            notBefore === undefined ? 'It does not say when it was issued.' : 'It does not say when it ends.',
          ),
        ];
  if (lives > long[kind] + 60)
    return [
      say.warning(
        'ttl-long',
        `It lives for ${span(lives)}`,
        `Longer than is usual: SPIRE gives a ${kindNames[kind]} ${usual[kind]} unless told otherwise. An SVID cannot be called back, so a stolen one is good for as long. No specification sets a limit; ${span(long[kind])} is the one that Muster warns at.`,
      ),
    ];
  if (lives <= 0) return [];
  return [say.good('ttl-short', `It lives for ${span(lives)}`, 'Not longer than is usual.')];
}

function replayFindings({ kind, expiresAt }: SvidFacts, now: number): Finding[] {
  if (kind !== 'jwt' || expiresAt === undefined) return [];
  const left = (expiresAt - now) / 1000;
  if (left <= -leeway)
    return [say.good('replay-over', 'It can be replayed no more', `It expired at ${isoMs(expiresAt)}.`)];
  if (left <= 0)
    return [
      say.warning(
        'replay-leeway',
        'It has expired, and is accepted for some seconds still',
        `SPIRE’s validators allow ${leeway} s for clocks that differ: until ${isoMs(expiresAt + leeway * 1000)}.`,
      ),
    ];
  return [
    say.warning(
      'replay-until',
      `It can be replayed for ${span(left)}`,
      `Whoever holds the text is its subject until ${isoMs(expiresAt)}, and for up to ${leeway} s more where SPIRE validates. A JWT-SVID from SPIRE has no jti unless asked for, so that a second use is not noticed.`,
    ),
  ];
}

function newestFindings(facts: SvidFacts, live: readonly LiveSvid[], now: number): Finding[] {
  const { kind, fingerprint, expiresAt } = facts;
  if (kind !== 'x509' || fingerprint === '') return [];
  return live.slice(0, 3).map((one) => {
    const from = {
      connection: one.connection,
      asOf: one.receivedAt,
      links: [
        { text: 'Workload API', link: pathTo('/workload', { socket: one.connection, q: facts.spiffeId }) },
      ],
    };
    if (one.fingerprint === fingerprint)
      return say.good(
        'live-same',
        'Handed out right now',
        `The Workload API ${one.connection} hands out this very SVID, received at ${isoMs(one.receivedAt.getTime())}.`,
        from,
      );
    const over = expiresAt !== undefined && expiresAt <= now;
    return (facts.notBefore ?? 0) < one.notBefore
      ? say.plain(
          'live-newer',
          'A newer one has taken its place',
          `The Workload API ${one.connection} hands out another for this SPIFFE ID, valid from ${isoMs(one.notBefore)}.${over ? '' : ' This one stays good until it expires.'}`,
          from,
        )
      : say.plain(
          'live-other',
          'Another one is handed out',
          `The Workload API ${one.connection} hands out another SVID for this SPIFFE ID: several holders may have the identity.`,
          from,
        );
  });
}
