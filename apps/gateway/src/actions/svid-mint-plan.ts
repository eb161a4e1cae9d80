import { ConnectError } from '@connectrpc/connect';
import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { parseSpiffeId } from '@muster/domain';
import { refuse } from '../upstream/refuse.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { authorityExpiry } from '../views/bundle-facts.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Target } from './action.ts';
import { count } from './results.ts';

/** The wire's int32, seconds. */
export const mostTtl = 2_147_483_647;
const day = 86_400;

/** A workload ID of the server's trust domain; the field is named when it is none. */
export function workloadId(field: string, text: string, trustDomain?: string): string {
  const id = parseSpiffeId(text);
  if (!id.ok) throw badInput(field, `${id.problem.message} (SPIFFE ${id.problem.code})`);
  const { path, uri, trustDomain: own } = id.value;
  if (path === '') throw badInput(field, 'a path is needed after the trust domain: it names no workload.');
  if (path === '/spire' || path.startsWith('/spire/'))
    throw badInput(field, 'paths below /spire belong to SPIRE itself; the server mints none of them.');
  if (trustDomain !== undefined && own !== trustDomain)
    throw badInput(field, `it is of ${own}, and this server issues for ${trustDomain} only.`);
  return uri;
}

/** Said of every mint, first: it needs no entry, and nobody can take it back. */
export function mintEffects(kind: 'X.509-SVID' | 'JWT-SVID'): string[] {
  const proof = kind === 'JWT-SVID' ? 'the token' : 'the key';
  return [
    `Whoever holds ${proof} is this identity to every peer until it expires. Minting is full impersonation: no entry, agent or workload is asked.`,
    'It cannot be revoked, but by revoking the authority that signed it.',
    'It is recorded here with who made it; SPIRE keeps no list of what was minted.',
  ];
}

/** What a person should know of the ID and of the time, before an SVID of it is made. */
export async function mintWarnings(
  connection: SpireConnection,
  target: Target,
  { spiffeId, ttl, now }: { spiffeId: string; ttl: number; now: Date },
): Promise<Warning[]> {
  let entries: Awaited<ReturnType<SpireConnection['client']['svids']['entriesOf']>>;
  try {
    entries = await connection.client.svids.entriesOf(spiffeId);
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw refuse('Looking for entries of this ID', target.connection, error);
  }
  const out: Warning[] = [];
  if (entries.some(({ admin }) => admin))
    out.push(
      warn(
        'admin',
        `${spiffeId} is an admin of this SPIRE server: whoever holds this SVID may change everything on it.`,
        Severity.DANGER,
      ),
    );
  if (entries.some(({ downstream }) => downstream))
    out.push(
      warn(
        'downstream',
        `${spiffeId} is a downstream server: with this SVID a signing certificate of the whole trust domain can be had.`,
        Severity.DANGER,
      ),
    );
  out.push(
    entries.length > 0
      ? warn(
          'entry-exists',
          `${count(entries.length, 'registration entry gives', 'registration entries give')} this ID to workloads: nobody can tell them from the holder of this SVID.`,
        )
      : warn(
          'no-entry',
          'No registration entry has this ID: nothing on the server will show that an SVID of it exists.',
          Severity.INFO,
        ),
  );
  const left = connection.ownBundle ? authorityExpiry(connection.ownBundle) - seconds(now) : 0n;
  if (left > 0n && BigInt(ttl) > left)
    out.push(
      warn(
        'ttl-beyond-authority',
        `Its TTL of ${ttl} s is longer than the authority lives (${left} s): SPIRE silently shortens it. The result says until when it is valid.`,
      ),
    );
  else if (ttl > day)
    out.push(
      warn('long-ttl', `It is valid for ${Math.round(ttl / 3600)} hours, and cannot be revoked meanwhile.`),
    );
  return out;
}

/** What to say of a life that is shorter than asked for. */
export function validity(asked: number, expiresAt: bigint, now: Date): string {
  const until = `Valid until ${new Date(Number(expiresAt) * 1000).toISOString().replace('.000Z', 'Z')}.`;
  const got = Number(expiresAt - seconds(now));
  // A few seconds are the call's own.
  return asked > 0 && got < asked - 30
    ? `${until} The server shortened it: ${asked} s were asked for, ${got} s are left.`
    : until;
}

const seconds = (at: Date): bigint => BigInt(Math.floor(at.getTime() / 1000));
