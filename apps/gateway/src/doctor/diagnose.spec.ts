import { describe, expect, it } from 'vitest';
import type { RelationshipRow } from '../upstream/spire/federation-rows.ts';
import { diagnose } from './diagnose.ts';
import type { CopyFacts, PairFacts, ProbeFacts } from './facts.ts';
import { compareKeys } from './keys.ts';
import type { BundleKey } from './keys.ts';

const now = new Date('2026-11-23T12:00:00Z');
const minutes = (count: number): number => now.getTime() + count * 60_000;
const peer = 'peer.test';

const key = (name: string, more: Partial<BundleKey> = {}): BundleKey => ({
  kind: 'x509',
  id: name,
  fingerprint: `print-of-${name}`,
  text: name,
  keyType: 'EC P-256',
  tainted: false,
  subject: `O=${name}`,
  serial: '01',
  subjectKeyId: '',
  uris: [`spiffe://${peer}`],
  notBefore: minutes(-10),
  notAfter: minutes(600),
  problem: '',
  ...more,
});
const jwt = (name: string, more: Partial<BundleKey> = {}): BundleKey =>
  key(name, { kind: 'jwt', uris: [], notBefore: undefined, notAfter: undefined, ...more });

const root = key('root');
const token = jwt('token');
const copyOf = (keys: BundleKey[], more: Partial<CopyFacts> = {}): CopyFacts => ({
  keys,
  refreshHint: 300,
  sequenceNumber: 0n,
  changedAt: undefined,
  ...more,
});
const route: RelationshipRow = {
  trustDomain: peer,
  bundleEndpointUrl: 'https://spire.peer.test:8443',
  profile: 'https_spiffe',
  endpointSpiffeId: `spiffe://${peer}/spire/server`,
};
const back: RelationshipRow = {
  trustDomain: 'own.test',
  bundleEndpointUrl: 'https://spire.own.test:8443',
  profile: 'https_spiffe',
  endpointSpiffeId: 'spiffe://own.test/spire/server',
};
const own = [key('own', { uris: ['spiffe://own.test'] })];

const facts = (more: Partial<PairFacts> = {}): PairFacts => ({
  now,
  connection: 'own',
  trustDomain: 'own.test',
  peer,
  relationship: route,
  copy: copyOf([root, token]),
  entries: 0,
  own,
  copies: new Set([peer]),
  peerServer: undefined,
  peerUnread: undefined,
  knownRoute: undefined,
  knownRouteBack: undefined,
  probe: undefined,
  ...more,
});
const server = (more: Partial<NonNullable<PairFacts['peerServer']>> = {}): PairFacts['peerServer'] => ({
  connection: 'theirs',
  own: copyOf([root, token]),
  relationship: back,
  copy: copyOf(own),
  entries: 0,
  ...more,
});
const probe = (more: Partial<ProbeFacts> = {}): ProbeFacts => ({
  problem: '',
  kind: '',
  presented: route.endpointSpiffeId,
  issuedByPeer: true,
  keys: [root, token],
  sequence: '4',
  refreshHint: '300',
  findings: [],
  ...more,
});

const say = (more: Partial<PairFacts>) => diagnose(facts(more)).map(({ code, grade }) => `${code} ${grade}`);
const find = (code: string, more: Partial<PairFacts>) => {
  const found = diagnose(facts(more)).find((one) => one.code === code);
  if (!found) throw new Error(`${code} was not found`);
  return found;
};
const actions = (code: string, more: Partial<PairFacts>) =>
  find(code, more).cures.map(({ action, input, link }) => [action || link, input]);

describe('the federation doctor', () => {
  it('has nothing to say of a federation in order, asked or not', () => {
    expect(say({})).toEqual([]);
    expect(say({ peerServer: server(), probe: probe() })).toEqual([]);
  });

  it('no-bundle: https_spiffe cannot start, https_web has not', () => {
    expect(say({ copy: undefined })).toEqual(['no-bundle danger']);
    expect(actions('no-bundle', { copy: undefined, peerServer: server() })).toEqual([
      ['bundle.set', { connection: 'own', trust_domain: peer, from: 'theirs' }],
    ]);
    expect(actions('no-bundle', { copy: undefined })).toEqual([
      ['/trust-domains?task=set&connection=own&peer=peer.test', undefined],
    ]);
    const web: RelationshipRow = { ...route, profile: 'https_web', endpointSpiffeId: '' };
    expect(say({ copy: undefined, relationship: web })).toEqual(['no-bundle warning']);
    expect(actions('no-bundle', { copy: undefined, relationship: web })[0]?.[0]).toBe('federation.refresh');
  });

  it('no-relationship: a copy that nothing refreshes; the route of another server makes the remedy', () => {
    expect(say({ relationship: undefined })).toEqual(['no-relationship warning']);
    expect(actions('no-relationship', { relationship: undefined, knownRoute: route })).toEqual([
      [
        'federation.create',
        {
          connection: 'own',
          trust_domain: peer,
          bundle_endpoint_url: route.bundleEndpointUrl,
          profile: 'https_spiffe',
          endpoint_spiffe_id: route.endpointSpiffeId,
        },
      ],
      ['bundle.delete', { connection: 'own', trust_domain: peer, mode: 'restrict' }],
    ]);
  });

  it('entries-without-bundle and entries-affected: entries that federate in vain', () => {
    expect(say({ relationship: undefined, copy: undefined, entries: 3 })).toEqual([
      'entries-without-bundle danger',
    ]);
    expect(say({ copy: copyOf([]), entries: 3 })).toEqual(['bundle-empty danger', 'entries-affected danger']);
    expect(find('entries-affected', { copy: copyOf([]), entries: 3 }).title).toMatch(/^3 entries federate/u);
  });

  it('bundle-empty, no-x509-authority, no-jwt-key', () => {
    expect(say({ copy: copyOf([]) })).toEqual(['bundle-empty danger']);
    expect(say({ copy: copyOf([token]) })).toEqual(['no-x509-authority warning']);
    expect(say({ copy: copyOf([root]) })).toEqual(['no-jwt-key info']);
  });

  it('bundle-expired counts only when every authority has; one that has is no matter', () => {
    const old = key('old', { notAfter: minutes(-1) });
    expect(say({ copy: copyOf([old, token]) })).toEqual(['bundle-expired danger']);
    expect(say({ copy: copyOf([old, root, token]) })).toEqual([]);
  });

  it('bundle-stale: the last authority is past the point where a successor is published; what is unknown is said', () => {
    const late = key('late', { notBefore: minutes(-80), notAfter: minutes(20) });
    expect(say({ copy: copyOf([late, token]) })).toEqual(['bundle-stale warning']);
    expect(find('bundle-stale', { copy: copyOf([late, token]) }).unknown).toMatch(/records no such time/u);
    expect(say({ copy: copyOf([late, root, token]) })).toEqual([]);
  });

  it('never-fetched: a copy with a sequence number was set by hand', () => {
    expect(say({ copy: copyOf([root, token], { sequenceNumber: 7n }) })).toEqual(['never-fetched warning']);
  });

  it('foreign-key and shared-key: authorities that cannot be the peer’s', () => {
    expect(say({ copy: copyOf([key('x', { uris: ['spiffe://evil.test'] }), token]) })).toEqual([
      'foreign-key danger',
    ]);
    expect(say({ copy: copyOf([{ ...root, fingerprint: own[0]?.fingerprint ?? '' }, token]) })).toEqual([
      'shared-key danger',
    ]);
  });

  it('key-missing: SVIDs signed by it fail here; a new one within a poll is only said', () => {
    const newer = key('newer');
    const theirs = (changedAt?: Date) => server({ own: copyOf([newer, root, token], { changedAt }) });
    expect(say({ peerServer: theirs() })).toEqual(['key-missing danger']);
    expect(find('key-missing', { peerServer: theirs() }).title).toMatch(/X509-SVIDs signed by it fail here/u);
    expect(actions('key-missing', { peerServer: theirs() }).map(([name]) => name)).toEqual([
      'federation.refresh',
      'bundle.set',
    ]);
    // 300 s of hint are a poll every 75 s.
    expect(say({ peerServer: theirs(new Date(minutes(-1))) })).toEqual(['key-missing info']);
    expect(say({ peerServer: theirs(new Date(minutes(-2))) })).toEqual(['key-missing danger']);
    expect(say({ peerServer: theirs(new Date(minutes(-1))), relationship: undefined })).toContain(
      'key-missing danger',
    );
    expect(say({ peerServer: server({ own: copyOf([root, token, jwt('next')]) }) })).toEqual([
      'key-missing danger',
    ]);
    const gone = key('gone', { notAfter: minutes(-1) });
    expect(say({ peerServer: server({ own: copyOf([gone, root, token]) }) })).toEqual([]);
  });

  it('key-withdrawn, key-differs, key-tainted', () => {
    expect(say({ peerServer: server({ own: copyOf([root]) }) })).toEqual(['key-withdrawn danger']);
    expect(
      say({ peerServer: server({ own: copyOf([root, jwt('token', { fingerprint: 'another' })]) }) }),
    ).toEqual(['key-differs danger']);
    expect(say({ peerServer: server({ own: copyOf([{ ...root, tainted: true }, token]) }) })).toEqual([
      'key-tainted info',
    ]);
  });

  it('one-sided: a warning where entries mean it to work both ways', () => {
    const alone = server({ relationship: undefined, copy: undefined });
    expect(say({ peerServer: alone })).toEqual(['one-sided info']);
    expect(say({ peerServer: alone, entries: 2 })).toEqual(['one-sided warning']);
    expect(actions('one-sided', { peerServer: alone, knownRouteBack: back }).map(([name]) => name)).toEqual([
      'bundle.set',
      'federation.create',
    ]);
    expect(actions('one-sided', { peerServer: alone })[1]?.[0]).toBe(
      '/federation?task=new&connection=theirs&peer=own.test',
    );
  });

  it('bad-url, api-port, local-address, wrong-profile: settings, before anything is asked', () => {
    const at = (bundleEndpointUrl: string) => say({ relationship: { ...route, bundleEndpointUrl } });
    expect(at('http://x.test/')).toEqual(['bad-url danger']);
    expect(at('https://x.test:8081/')).toEqual(['api-port warning']);
    expect(at('https://10.0.0.1:8443/')).toEqual(['local-address info']);
    expect(say({ relationship: { ...route, profile: '', endpointSpiffeId: '' } })).toEqual([
      'wrong-profile danger',
    ]);
  });

  it('foreign-endpoint-id and unusual-endpoint-id', () => {
    const as = (endpointSpiffeId: string, more: Partial<PairFacts> = {}) =>
      say({ relationship: { ...route, endpointSpiffeId }, ...more });
    expect(as('spiffe://host.test/x')).toEqual(['foreign-endpoint-id danger']);
    expect(as('spiffe://host.test/x', { copies: new Set([peer, 'host.test']) })).toEqual([
      'foreign-endpoint-id info',
    ]);
    expect(as(`spiffe://${peer}/other`, { peerServer: server() })).toEqual(['unusual-endpoint-id info']);
  });

  it('wrong-endpoint-id: adopted by a remedy only when it is proven', () => {
    const presented = `spiffe://${peer}/other`;
    const proven = probe({ kind: 'identity', problem: 'x', presented });
    expect(say({ probe: proven })).toEqual(['wrong-endpoint-id danger']);
    expect(actions('wrong-endpoint-id', { probe: proven })[0]).toEqual([
      'federation.update',
      { connection: 'own', trust_domain: peer, set: { endpoint_spiffe_id: presented } },
    ]);
    const unproven = { ...proven, issuedByPeer: false };
    expect(actions('wrong-endpoint-id', { probe: unproven }).map(([name]) => name)).toEqual([
      '/federation?task=edit&connection=own&peer=peer.test',
    ]);
    expect(say({ probe: probe({ kind: 'identity', problem: 'x', issuedByPeer: false }) })).toEqual([
      'endpoint-untrusted danger',
    ]);
  });

  it('S-23 wrong-profile: changed by a remedy to a name of the peer only, never by itself', () => {
    const web: RelationshipRow = { ...route, profile: 'https_web', endpointSpiffeId: '' };
    const at = (presented: string) =>
      actions('wrong-profile', {
        relationship: web,
        probe: probe({ kind: 'profile', problem: 'x', presented }),
      });
    expect(at(route.endpointSpiffeId)[0]?.[1]).toEqual({
      connection: 'own',
      trust_domain: peer,
      set: { profile: 'https_spiffe', endpoint_spiffe_id: route.endpointSpiffeId },
    });
    expect(at('spiffe://evil.test/x')[0]?.[0]).toMatch(/^\/federation\?task=edit/u);
  });

  it('says what was not asked, what did not answer, and what is no bundle', () => {
    const of = (kind: ProbeFacts['kind']) => say({ probe: probe({ kind, problem: 'x', keys: [] }) });
    expect(of('policy')).toEqual(['endpoint-not-asked info']);
    expect(of('nothing-to-check')).toEqual(['endpoint-not-authenticated info']);
    expect(of('network')).toEqual(['endpoint-unreachable warning']);
    expect(of('content')).toEqual(['endpoint-invalid danger']);
    expect(find('endpoint-unreachable', { probe: probe({ kind: 'network' }) }).unknown).toMatch(
      /this gateway/u,
    );
  });

  it('S-24 endpoint-rollback, endpoint-not-conformant, endpoint-differs, endpoint-behind', () => {
    expect(say({ probe: probe({ kind: 'rollback', problem: 'x' }) })).toEqual(['endpoint-rollback danger']);
    expect(say({ probe: probe({ findings: ['B-18: x'] }) })).toEqual(['endpoint-not-conformant warning']);
    expect(say({ probe: probe({ keys: [root, token, jwt('next')] }) })).toEqual(['endpoint-differs warning']);
    expect(say({ probe: probe({ keys: [root] }), peerServer: server() })).toEqual([
      'endpoint-differs warning',
      'endpoint-behind warning',
    ]);
  });

  it('says that the peer’s server cannot be read', () => {
    expect(say({ peerUnread: { connection: 'theirs', reason: 'gone' } })).toEqual(['peer-not-read info']);
  });
});

describe('keys of two copies', () => {
  it('are matched by kind and id, never by sequence', () => {
    const pairs = compareKeys([root, token], [token, key('new')]);
    expect(pairs.map(({ left, right }) => [left?.id, right?.id])).toEqual([
      ['root', undefined],
      ['token', 'token'],
      [undefined, 'new'],
    ]);
    expect(compareKeys([token], [jwt('token', { fingerprint: 'else' })])[0]?.difference).toMatch(
      /another key/u,
    );
    expect(compareKeys([jwt('a')], [key('a')])).toHaveLength(2);
  });
});
