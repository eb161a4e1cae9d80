import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { AuthorityKind, type AuthoritySet, type RotationStep, TrustDomainService } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { parseCertificate } from '@muster/domain/certificate';
import { toHex } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type OwnAgent, type OwnServer, startOwnServer } from './own-server.ts';
import { makeUpstreamRoot } from './upstream-root.ts';

/* A server under an upstream authority: its bundle holds the roots, and the local ones are intermediates. */

const td = 'own.test';
const root = makeUpstreamRoot(td);
let own: OwnServer;
let real: RealConsole;
let host: OwnAgent;
beforeAll(async () => {
  own = await startOwnServer('1h', root);
  real = await openRealConsole(own.configFile);
  host = await own.agent('host');
  host.start();
});
afterAll(async () => {
  await real?.close();
  await own?.stop();
  root.remove();
});

const cli = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(await own.spireServer([...args, '-output', 'json'])) as T;

interface Slot {
  authority_id: string;
  upstream_authority_subject_key_id: string;
}
/** `spire-server localauthority x509 show`: [local id, upstream id] of each slot. */
async function slots(): Promise<Record<'active' | 'prepared' | 'old', [string, string] | undefined>> {
  const all = await cli<Record<'active' | 'prepared' | 'old', Slot | null | undefined>>(
    'localauthority',
    'x509',
    'show',
  );
  const pair = (one: Slot | null | undefined): [string, string] | undefined =>
    one ? [one.authority_id, one.upstream_authority_subject_key_id] : undefined;
  return { active: pair(all.active), prepared: pair(all.prepared), old: pair(all.old) };
}

/** Roots in the bundle by subject key identifier, with their taint, as `spire-server bundle show` has them. */
async function bundle(): Promise<Record<string, boolean>> {
  const { x509_authorities: all } = await cli<{ x509_authorities: { asn1: string; tainted: boolean }[] }>(
    'bundle',
    'show',
  );
  return Object.fromEntries(
    all.map(({ asn1, tainted }) => {
      const read = parseCertificate(Uint8Array.from(Buffer.from(asn1, 'base64')));
      const id = read.ok ? read.value.extensions.subjectKeyId : undefined;
      return [id ? toHex(id) : '', tainted];
    }),
  );
}

async function set(): Promise<AuthoritySet> {
  const { sets } = await real.client(TrustDomainService).listAuthorities({ connection: 'own' });
  const found = sets.find(({ kind }) => kind === AuthorityKind.X509);
  if (!found) throw new Error('No X.509 authorities of own.');
  return found;
}
const stepFor = ({ steps }: AuthoritySet, verb: string): RotationStep => {
  const found = steps.find(({ action }) => action.startsWith(`authority.${verb}`));
  if (!found) throw new Error(`No step ${verb}.`);
  return found;
};
const refusal = (action: string, input: JsonObject): Promise<string> =>
  real.plan(action, { connection: 'own', ...input }).then(
    () => 'planned',
    (error: Error) => error.message,
  );

interface Fetched {
  svids: { spiffe_id: string; x509_svid: string; bundle: string }[];
}
/** What `spire-agent api fetch x509` gives: the chain, and how many roots come with it. */
async function fetched(): Promise<{ leaf: X509Certificate; chain: Buffer[]; roots: number }> {
  const answer = JSON.parse(
    await own.spireAgent(['api', 'fetch', 'x509', '-output', 'json'], 'host'),
  ) as Fetched;
  const [svid] = answer.svids;
  const chain = certificates(Buffer.from(svid?.x509_svid ?? '', 'base64'));
  const [leaf] = chain;
  if (!leaf) throw new Error('The agent gives no SVID yet.');
  const roots = certificates(Buffer.from(svid?.bundle ?? '', 'base64')).length;
  return { leaf: new X509Certificate(leaf), chain, roots };
}

/** DER certificates that follow each other. */
function certificates(der: Buffer): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < der.length;) {
    const { raw } = new X509Certificate(der.subarray(at));
    out.push(raw);
    at += raw.length;
  }
  return out;
}

describe('a rotation under an upstream authority of a real SPIRE server', () => {
  it('goes from one root to the next, step by step as the cockpit offers it, until the first is trusted no more', async () => {
    const { first } = root;
    const before = (await slots()).active;
    expect(before?.[1]).toBe(first);
    expect(await bundle()).toEqual({ [first]: false });
    const { agents } = await eventually(40, async () => {
      const shown = await cli<{ agents: { id: { path: string } }[] }>('agent', 'list');
      return shown.agents.length > 0 && shown;
    });
    await own.spireServer([
      'entry',
      'create',
      '-spiffeID',
      `spiffe://${td}/upstream/job`,
      '-parentID',
      `spiffe://${td}${agents[0]?.id.path}`,
      '-selector',
      `unix:uid:${process.getuid?.()}`,
    ]);
    const old = await eventually(60, fetched);

    // Nothing is to be had of the only one there is.
    expect(await refusal('authority.taintUpstream', { subjectKeyId: first })).toMatch(
      /signs the active local authority/,
    );
    expect(await refusal('authority.revokeUpstream', { subjectKeyId: first })).toMatch(
      /signs the active local authority/,
    );

    // A local rotation alone leaves the root in use: neither call may be offered.
    const local = await real.act('authority.prepare', { connection: 'own', kind: 'x509' });
    await real.act('authority.activate', { connection: 'own', kind: 'x509', id: local.ids[0] ?? '' });
    expect((await slots()).old).toEqual(before);
    expect(stepFor(await set(), 'taint')).toMatchObject({ possible: false });
    expect(await refusal('authority.taint', { kind: 'x509', id: before?.[0] ?? '' })).toMatch(/upstream/);

    const next = root.replace();
    const prepared = await real.act('authority.prepare', { connection: 'own', kind: 'x509' });
    expect((await slots()).prepared).toEqual([prepared.ids[0], next]);
    expect(await bundle()).toEqual({ [first]: false, [next]: false });
    await eventually(40, async () => (await fetched()).roots === 2);
    await real.act('authority.activate', { connection: 'own', kind: 'x509', id: prepared.ids[0] ?? '' });
    expect(await slots()).toMatchObject({ active: [prepared.ids[0], next], old: [local.ids[0], first] });

    expect(await refusal('authority.taintUpstream', { subjectKeyId: 'ab12' })).toMatch(
      /did not sign the old local authority/,
    );
    expect(await refusal('authority.revokeUpstream', { subjectKeyId: first })).toMatch(/is not tainted/);
    const taint = stepFor(await set(), 'taint');
    expect(taint).toMatchObject({ action: 'authority.taintUpstream', possible: true });
    const tainted = await real.act(taint.action, JSON.parse(taint.inputJson) as JsonObject);
    expect(tainted.plan.commands[0]?.line).toContain('upstreamauthority taint');
    expect(await bundle()).toEqual({ [first]: true, [next]: false });

    // Real SVIDs are issued anew, under the next root.
    const renewed = await eventually(60, async () => {
      const now = await fetched();
      return now.leaf.serialNumber !== old.leaf.serialNumber && now;
    });
    const revoke = await eventually(60, async () => {
      const step = stepFor(await set(), 'revoke');
      return step.possible && step;
    });
    expect(revoke.action).toBe('authority.revokeUpstream');
    const revoked = await real.act(revoke.action, JSON.parse(revoke.inputJson) as JsonObject);
    expect(revoked.plan.destructive).toBe(true);
    expect(await bundle()).toEqual({ [next]: false });
    expect(await refusal('authority.revokeUpstream', { subjectKeyId: first })).toMatch(/left the bundle/);
    expect((await set()).summary).toMatch(/complete/);

    // OpenSSL alone: the new chain holds against what is trusted now, the former one does not.
    const { x509_authorities: trusted } = await cli<{ x509_authorities: { asn1: string }[] }>(
      'bundle',
      'show',
    );
    const file = (name: string, ders: Buffer[]): string => {
      const at = join(root.certFile, '..', name);
      writeFileSync(at, ders.map((der) => new X509Certificate(der).toString()).join(''));
      return at;
    };
    const roots = file(
      'trusted.pem',
      trusted.map(({ asn1 }) => Buffer.from(asn1, 'base64')),
    );
    const verify = (chain: Buffer[]): string => {
      const rest = file('rest.pem', chain.slice(1));
      const args = ['verify', '-CAfile', roots, '-untrusted', rest, file('leaf.pem', chain.slice(0, 1))];
      return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    };
    expect(verify(renewed.chain)).toMatch(/: OK/);
    expect(() => verify(old.chain)).toThrow(/unable to get/);
  });
});
