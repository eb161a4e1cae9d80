import { X509Certificate } from 'node:crypto';
import { AuthorityKind, AuthoritySlot, type AuthoritySet, TrustDomainService } from '@muster/api';
import { parseCertificate } from '@muster/domain/certificate';
import { toHex } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

/*
 * Whole rotations on the second trust domain, so that the SVIDs of the first are left alone. Every outcome is checked
 * with spire-server itself. The keys that are active at the end live for 24 hours like those before.
 */

let real: RealConsole;
beforeAll(async () => {
  real = await openRealConsole();
});
afterAll(() => real.close());

const kinds = { x509: AuthorityKind.X509, jwt: AuthorityKind.JWT } as const;
type Kind = keyof typeof kinds;

interface Shown {
  active?: { authority_id: string };
  prepared?: { authority_id: string } | null;
  old?: { authority_id: string } | null;
}
interface ShownBundle {
  x509_authorities: { asn1: string; tainted: boolean }[];
  jwt_authorities: { key_id: string; tainted: boolean }[];
}

const cli = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(await real.spireServer([...args, '-output', 'json'], 'orgB')) as T;

/** Ids in the slots, as spire-server shows them. */
async function slots(kind: Kind): Promise<{ active: string; prepared: string; old: string }> {
  const { active, prepared, old } = await cli<Shown>('localauthority', kind, 'show');
  const id = (one: { authority_id: string } | null | undefined) => one?.authority_id ?? '';
  return { active: id(active), prepared: id(prepared), old: id(old) };
}

/** Keys of the bundle by id, with their taint, as spire-server shows them. */
async function bundle(kind: Kind): Promise<Map<string, boolean>> {
  const shown = await cli<ShownBundle>('bundle', 'show');
  if (kind === 'jwt') return new Map(shown.jwt_authorities.map(({ key_id, tainted }) => [key_id, tainted]));
  return new Map(
    shown.x509_authorities.map(({ asn1, tainted }) => {
      const read = parseCertificate(Uint8Array.from(Buffer.from(asn1, 'base64')));
      const keyId = read.ok ? read.value.extensions.subjectKeyId : undefined;
      return [keyId ? toHex(keyId) : '', tainted];
    }),
  );
}

const set = async (kind: Kind): Promise<AuthoritySet> => {
  const { sets } = await real.client(TrustDomainService).listAuthorities({ connection: 'org-b' });
  const found = sets.find((one) => one.kind === kinds[kind]);
  if (!found) throw new Error(`No ${kind} authorities of org-b.`);
  return found;
};
const idIn = (of: AuthoritySet, slot: AuthoritySlot): string =>
  of.authorities.find((one) => one.slot === slot)?.id ?? '';
const step = (of: AuthoritySet, verb: string) => {
  const found = of.steps.find(({ action }) => action === `authority.${verb}`);
  if (!found) throw new Error(`No step ${verb}.`);
  return found;
};
const at = (kind: Kind, id?: string) => ({ connection: 'org-b', kind, ...(id === undefined ? {} : { id }) });
const refusal = (verb: string, input: { [name: string]: string | boolean }): Promise<string> =>
  real.plan(`authority.${verb}`, input).then(
    () => 'planned',
    (error: Error) => error.message,
  );

const ready = (): Promise<AuthoritySet> =>
  eventually(60, async () => {
    const found = await set('x509');
    return found.problem === '' && found;
  });

/**
 * The key a rotation starts from, and what else is in the bundle. What another spec, or an attempt before, left half done
 * is brought to its end first.
 */
async function start(kind: Kind): Promise<{ first: string; others: [string, boolean][] }> {
  await ready();
  const { prepared, old } = await slots(kind);
  const call = (verb: string, id: string) =>
    real.spireServer(['localauthority', kind, verb, '-authorityID', id], 'orgB');
  if ((await bundle(kind)).get(old) === true) await call('revoke', old);
  if (prepared !== '') await call('activate', prepared);
  const { active: first } = await slots(kind);
  const others = [...(await bundle(kind))].filter(([id]) => id !== first);
  return { first, others };
}

describe('X.509 authorities of a real SPIRE server', () => {
  const svids = async () => (await real.svids.listSvids({ connection: 'org-b-agent' })).svids;
  const signer = (pem: string): string => {
    const read = parseCertificate(Uint8Array.from(new X509Certificate(pem).raw));
    const id = read.ok ? read.value.extensions.authorityKeyId : undefined;
    return id ? toHex(id) : '';
  };

  it('are rotated whole: prepare, activate, taint, revoke', { timeout: 240_000 }, async () => {
    const { first, others } = await start('x509');
    expect(idIn(await set('x509'), AuthoritySlot.ACTIVE)).toBe(first);
    await eventually(60, async () => (await svids()).length > 0);
    // Refused by us, with nothing sent.
    expect(await refusal('taint', at('x509', first))).toMatch(/is the active /);
    expect(await refusal('revoke', at('x509', first))).toMatch(/is the active /);

    const prepared = await real.act('authority.prepare', at('x509'));
    const [next = ''] = prepared.ids;
    expect(await slots('x509')).toEqual({ active: first, prepared: next, old: '' });
    const both = new Map([...others, [first, false], [next, false]]);
    expect(await bundle('x509')).toEqual(both);
    expect(await refusal('prepare', at('x509'))).toMatch(/is prepared already/);
    expect(await bundle('x509')).toEqual(both);
    // The federated server polls at a quarter of the hint, the agent each second.
    const safe = await eventually(80, async () => {
      const one = step(await set('x509'), 'activate');
      return one.safe && one;
    });
    expect(safe.gates.map(({ text }) => text).join(' ')).toMatch(/org-b-agent hands out.*copy of org-a/);

    await real.act('authority.activate', JSON.parse(safe.inputJson) as { connection: string });
    expect(await slots('x509')).toEqual({ active: next, prepared: '', old: first });
    expect(await refusal('activate', at('x509', next))).toMatch(/active .* already/);
    expect(await refusal('revoke', at('x509', first))).toMatch(/is not tainted/);
    const use = (await set('x509')).oldUse;
    expect(use).toMatchObject({ id: first, agents: 1n });
    expect(use?.svidsOnOld).toBeGreaterThan(0n);

    await real.act('authority.taint', at('x509', first));
    expect(await bundle('x509')).toEqual(new Map([...others, [first, true], [next, false]]));
    expect(await refusal('taint', at('x509', first))).toMatch(/is tainted already/);
    // Real SVIDs change their issuer.
    const renewed = await eventually(60, async () => {
      const all = await svids();
      return all.length > 0 && all.every(({ chainPem }) => signer(chainPem) === next) && all;
    });
    const { x509_authorities } = await cli<ShownBundle>('bundle', 'show');
    const ca = x509_authorities
      .map(({ asn1 }) => new X509Certificate(Buffer.from(asn1, 'base64')))
      .find((one) => new X509Certificate(renewed[0]?.chainPem ?? '').verify(one.publicKey));
    expect(ca).toBeDefined();
    expect((await set('x509')).oldUse?.svidsOnOld).toBe(0n);
    // The agent has its own SVID issued anew, too: seen at the next reading of the agents.
    await eventually(70, async () => (await set('x509')).oldUse?.agentsMoved === 1n);
    expect(step(await set('x509'), 'revoke')).toMatchObject({ possible: true, safe: true });

    await real.act('authority.revoke', at('x509', first));
    expect(await bundle('x509')).toEqual(new Map([...others, [next, false]]));
    // The server goes on naming it: only the bundle tells that it is gone.
    expect(await slots('x509')).toEqual({ active: next, prepared: '', old: first });
    const over = await set('x509');
    expect(over.authorities.find(({ id }) => id === first)).toMatchObject({ inBundle: false });
    expect(over.summary).toMatch(/complete/);
    expect(await refusal('revoke', at('x509', first))).toMatch(/has left the bundle/);
    await eventually(40, async () => {
      const pem = (await real.svids.listSvids({ connection: 'org-b-agent' })).bundlesPem['org-b.test'];
      return pem !== undefined && pem.split('BEGIN CERTIFICATE').length === 2 + others.length;
    });
  });

  it('are refused where there is no upstream authority', async () => {
    expect(await refusal('taintUpstream', { connection: 'org-b', subjectKeyId: 'ab12' })).toMatch(
      /no upstream authority/,
    );
  });
});

describe('JWT authorities of a real SPIRE server', () => {
  const keyOf = async (audience: string): Promise<string> => {
    const { token } = await eventually(60, () =>
      real.svids.fetchJwtSvid({
        connection: 'org-b-agent',
        audience,
        spiffeId: 'spiffe://org-b.test/muster/test',
      }),
    );
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
      kid: string;
    };
    return header.kid;
  };

  it('are rotated whole, and tokens change their key', async () => {
    const { first, others } = await start('jwt');
    expect(await keyOf(`before ${first}`)).toBe(first);
    const [next = ''] = (await real.act('authority.prepare', at('jwt'))).ids;
    expect(await slots('jwt')).toEqual({ active: first, prepared: next, old: '' });
    expect((await bundle('jwt')).get(next)).toBe(false);

    await real.act('authority.activate', at('jwt', next));
    expect(await slots('jwt')).toEqual({ active: next, prepared: '', old: first });
    expect(await keyOf(`after ${first}`)).toBe(next);
    // An agent goes on giving the token it keeps.
    expect(await keyOf(`before ${first}`)).toBe(first);
    expect(await refusal('revoke', at('jwt', first))).toMatch(/is not tainted/);

    await real.act('authority.taint', at('jwt', first));
    expect((await bundle('jwt')).get(first)).toBe(true);
    await eventually(40, async () => (await keyOf(`before ${first}`)) === next);

    await real.act('authority.revoke', at('jwt', first));
    expect(await bundle('jwt')).toEqual(new Map([...others, [next, false]]));
    expect((await set('jwt')).summary).toMatch(/complete/);
  });

  it('lose the old one to the next that is prepared: it can be neither tainted nor revoked then', async () => {
    const { first: active, others } = await start('jwt');
    const [second = ''] = (await real.act('authority.prepare', at('jwt'))).ids;
    await real.act('authority.activate', at('jwt', second));
    const warned = await real.plan('authority.prepare', at('jwt'));
    expect(warned.warnings.map(({ text }) => text).join(' ')).toMatch(/can be neither tainted nor revoked/);
    const [third = ''] = (await real.applyDigest(warned.digest)).ids;
    expect(await slots('jwt')).toEqual({ active: second, prepared: third, old: '' });
    expect(await bundle('jwt')).toEqual(
      new Map([...others, [active, false], [second, false], [third, false]]),
    );
    const left = (await set('jwt')).authorities.find(({ id }) => id === active);
    expect(left).toMatchObject({ slot: AuthoritySlot.BUNDLE_ONLY, inBundle: true });
    expect(await refusal('taint', at('jwt', active))).toMatch(/no old JWT authority/);
    await expect(
      real.spireServer(['localauthority', 'jwt', 'taint', '-authorityID', active], 'orgB'),
    ).rejects.toThrow();
  });
});
