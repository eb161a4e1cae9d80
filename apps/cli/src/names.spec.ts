import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { views } from '@muster/api';
import { keyParams, makeCertificationRequest } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';
import { type Practice, startPractice } from './testing/practice.ts';

/** The names that people script against, each against a real gateway on the practice network. */
let practice: Practice;
let folder: string;
/** Of the practice network, which makes its IDs anew at each start. */
let agent: string;
let entry: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-names-files-'));
  practice = await startPractice();
  const agents = await view<{ agents: { id: string }[] }>(
    'agents',
    'state=attested',
    'trust_domains=harbor.example',
  );
  agent = agents.agents[0]?.id ?? '';
  const entries = await view<{ entries: { id: string }[] }>(
    'entries',
    'search=harbor.example/edge/canary/berths/planner',
  );
  entry = entries.entries[0]?.id ?? '';
}, 60_000);
afterAll(async () => {
  await practice.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: string[]) => inProcess(args, practice.home);

async function view<T>(name: string, ...params: string[]): Promise<T> {
  const { code, out, err } = await run(['view', name, ...params.flatMap((one) => ['-p', one]), '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as T;
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const plan = async (action: string, input: object, ...more: string[]) =>
  run(['plan', action, '--input', await file(`${action}.json`, input), ...more]);

async function carryOut(action: string, input: object): Promise<void> {
  const { code, out, err } = await plan(action, input, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(await run(['apply', (JSON.parse(out) as { digest: string }).digest])).toMatchObject({ code: 0 });
}

describe('muster view', () => {
  const params: Readonly<Record<string, () => string[]>> = {
    agents: () => [],
    agent: () => ['connection=harbor', `id=${agent}`],
    bundles: () => [],
    bundle: () => ['connection=harbor', 'trust_domain=drydock.test'],
    'bundle-diff': () => [
      ...['left.connection=harbor', 'left.trust_domain=drydock.test'],
      ...['right.connection=lighthouse', 'right.trust_domain=harbor.example'],
    ],
    federation: () => [],
    'federation-doctor': () => ['probe=true'],
    authorities: () => [],
    workload: () => [],
    expiry: () => ['page.limit=20'],
    lint: () => ['page.limit=20'],
    why: () => ['connection=harbor', 'selectors=k8s:ns:admin', 'selectors=k8s:sa:Console'],
    reach: () => ['from=acme/ops/alice', 'to=acme/ops/bob'],
    history: () => [],
    'inspect-context': () => ['spiffe_id=spiffe://harbor.example/edge/canary/berths/planner', 'kind=x509'],
    'inspect-endpoint': () => ['target=127.0.0.1:9'],
    'control-planes': () => [],
    nodes: () => [],
    'connections-slim': () => ['node=harbor/quay-1'],
    routes: () => ['order=name'],
    links: () => [],
    segments: () => [],
    'roster-history': () => [],
    'group-compare': () => ['connection=slim', `channel=${room}`],
    domains: () => [],
    'owner-keys': () => [],
    approvals: () => [],
    generators: () => ['kind=docker-run', 'connection=harbor', `entry_id=${entry}`],
    entries: () => ['page.limit=5'],
    entry: () => ['connection=harbor', `id=${entry}`],
    'join-tokens': () => [],
  };

  it.each(Object.keys(params))('%s: as text for people, as JSON for programs', async (name) => {
    expect(Object.keys(views)).toContain(name);
    const args = ['view', name, ...(params[name]?.() ?? []).flatMap((one) => ['-p', one])];
    const text = await run(args);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out.trim()).not.toBe('');
    expect(text.out).not.toMatch(/\[object |undefined|NaN|muster\.v1|tool: spire/u);
    const json = await run([...args, '--json']);
    expect(json).toMatchObject({ code: 0, err: '' });
    expect(Object.keys(JSON.parse(json.out) as object).length).toBeGreaterThan(0);
  });

  it('names in text what a number of them does not tell', async () => {
    const shown = async (name: string) =>
      (await run(['view', name, ...(params[name]?.() ?? []).flatMap((one) => ['-p', one])])).out;
    expect(await shown('authorities')).toMatch(/harbor +x509 +active +[0-9a-f]{40}/u);
    expect(await shown('generators')).toContain('--label com.berths.service=planner');
    expect(await shown('why')).toMatch(/console/u);
    expect(await shown('bundle')).toMatch(/CN=|SERIALNUMBER=/u);
    expect(await shown('federation-doctor')).toContain('Refresh the copy of drydock.test');
  });
});

/** One valid input of every action; `refused` where the practice network lacks what the action is for. */
const inputs: Readonly<Record<string, () => object | Promise<object>>> = {
  'agent.ban': () => ({ ids: [agent] }),
  'agent.evict': () => ({ ids: [agent] }),
  'agent.purge': () => ({ connection: 'harbor', expiredFor: 60 }),
  'agent.joinToken': () => ({ connection: 'harbor', ttl: 600, spiffeId: 'spiffe://harbor.example/names' }),
  'logger.level': () => ({ connection: 'harbor', level: 'debug' }),
  'entry.create': () => ({ connection: 'harbor', entries: [made()] }),
  'entry.update': () => ({ connection: 'harbor', id: entry, set: { hint: 'names' } }),
  'entry.delete': () => ({ connection: 'harbor', ids: [entry] }),
  'entry.clone': () => ({ connection: 'harbor', ids: [entry], parents: [`${td}/node/names`] }),
  'entry.import': () => ({
    connection: 'harbor',
    text: `spiffe_id,parent_id,selectors\n${td}/names/one,${td}/spire/server,unix:uid:7300`,
  }),
  'entry.restore': () => ({ connection: 'harbor', restore: [{ id: entry, set: { hint: 'names' } }] }),
  'svid.mintX509': async () => {
    const keys = await crypto.subtle.generateKey(keyParams('EC P-256'), false, ['sign', 'verify']);
    return { connection: 'harbor', csr: await makeCertificationRequest(keys, `${td}/names`) };
  },
  'svid.mintJwt': () => ({ connection: 'harbor', spiffeId: `${td}/names`, audience: ['names'] }),
  'authority.prepare': () => ({ connection: 'harbor', kind: 'jwt' }),
  'authority.activate': async () => {
    await carryOut('authority.prepare', { connection: 'harbor', kind: 'jwt' });
    return { connection: 'harbor', kind: 'jwt', id: await keyIn('prepared') };
  },
  'authority.taint': async () => {
    await carryOut('authority.activate', { connection: 'harbor', kind: 'jwt', id: await keyIn('prepared') });
    return { connection: 'harbor', kind: 'jwt', id: await keyIn('old') };
  },
  'authority.revoke': async () => {
    await carryOut('authority.taint', { connection: 'harbor', kind: 'jwt', id: await keyIn('old') });
    return { connection: 'harbor', kind: 'jwt', id: await keyIn('old') };
  },
  'federation.create': () => ({
    connection: 'harbor',
    trust_domain: 'names.test',
    bundle_endpoint_url: 'https://bundle.names.test',
    profile: 'https_web',
  }),
  'federation.update': () => ({
    connection: 'harbor',
    trust_domain: 'drydock.test',
    set: { bundle_endpoint_url: 'https://other.drydock.test/spiffe' },
  }),
  'federation.delete': () => ({ connection: 'harbor', trust_domain: 'drydock.test' }),
  'federation.refresh': () => ({ connection: 'harbor', trust_domain: 'lighthouse.example' }),
  'federation.pair': async () => ({
    left: {
      connection: 'harbor',
      bundle_endpoint_url: 'https://bundle.harbor.example',
      profile: 'https_web',
    },
    right: {
      trust_domain: 'drydock.test',
      bundle_endpoint_url: 'https://bundle.drydock.test',
      profile: 'https_web',
      bundle: await documentOf('drydock.test'),
    },
  }),
  'federation.unpair': () => ({
    left: { connection: 'harbor' },
    right: { connection: 'lighthouse' },
    bundles: 'keep',
  }),
  'bundle.set': () => ({ connection: 'harbor', trust_domain: 'lighthouse.example', from: 'lighthouse' }),
  'bundle.delete': () => ({ connection: 'harbor', trust_domain: 'drydock.test', mode: 'dissociate' }),
  'channel.create': () => ({ connection: 'slim', name: 'acme/ops/names', members: ['acme/ops/bob'] }),
  'channel.delete': () => ({ name: room }),
  'member.invite': () => ({ channel: room, member: 'acme/payments/fraud-watch' }),
  'member.remove': () => ({ channel: room, member: 'acme/ops/bob' }),
  'message.send': () => ({ channel: room, text: 'names' }),
  'session.open': () => ({ connection: 'slim', channel: 'acme/ops/elsewhere', wait_seconds: 1 }),
  'session.close': () => ({ connection: 'slim', channel: room }),
  'session.rejoin': async () => {
    // Another than that of the other actions, which need it open.
    const closed = { connection: 'slim', channel: 'acme/payments/reconciliation' };
    await carryOut('session.close', closed);
    return closed;
  },
  'ownerKey.create': () => ({ alias: 'names' }),
  'ownerKey.import': () => ({
    alias: 'names',
    pem: generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }),
  }),
  'ownerKey.rename': async () => {
    await carryOut('ownerKey.create', { alias: 'names one' });
    return { key: 'names one', alias: 'names two' };
  },
  'ownerKey.remove': async () => {
    await carryOut('ownerKey.create', { alias: 'names three' });
    return { key: 'names three' };
  },
  'domain.add': () => ({ name: 'names', secret: 'a secret of thirty-two bytes or so' }),
  'domain.remove': () => ({ name: 'lighthouse' }),
  'segment.add': () => ({ name: 'names' }),
  'segment.remove': () => ({ name: 'operations' }),
  'link.add': () => ({ segment: 'yard', domain_a: 'lighthouse', domain_b: 'drydock' }),
  'link.remove': () => ({ segment: 'operations', domain_a: 'harbor', domain_b: 'lighthouse' }),
};
const td = 'spiffe://harbor.example';
const room = 'acme/ops/incident-room';
const made = (more: object = {}) => ({
  spiffe_id: `${td}/names/made`,
  parent_id: `${td}/spire/server`,
  selectors: ['unix:uid:7301'],
  ...more,
});

async function documentOf(trustDomain: string): Promise<string> {
  const params = ['connection=harbor', `trust_domain=${trustDomain}`];
  return (await view<{ bundle: { spiffeJson: string } }>('bundle', ...params)).bundle.spiffeJson;
}

async function keyIn(slot: 'prepared' | 'old'): Promise<string> {
  interface Sets {
    sets: { connection: string; kind: string; authorities: { slot: string; id: string }[] }[];
  }
  const { sets } = await view<Sets>('authorities', 'connection=harbor');
  const jwt = sets.find(({ connection, kind }) => connection === 'harbor' && kind.endsWith('JWT'));
  return jwt?.authorities.find((one) => one.slot.endsWith(slot.toUpperCase()))?.id ?? '';
}

describe('muster plan', () => {
  // The practice servers sign for themselves.
  const withoutUpstream = ['authority.taintUpstream', 'authority.revokeUpstream'];
  // It has no channel manager: only one has owners who can grant.
  const withoutManager = ['grant.issue'];
  // Nobody asks there.
  const unasked = ['approval.decide'];
  // Its control plane is of the newest generation, where routes and connections follow from the topology.
  const written = { connection: 'control-plane', node: 'harbor/quay-1' };
  const upTo14 = {
    'route.add': { ...written, name: 'acme/ops/names', to: 'harbor/quay-2' },
    'route.remove': { ...written, name: 'acme/ops/bob', to: 'harbor/quay-2' },
    'connection.create': { ...written, endpoint: 'http://10.0.0.9:46357' },
    'node.deregister': written,
  };

  // Nothing is registered with such a control plane, and nothing else there has its groups.
  const alone = {
    'group.register': [{ channel: room }, /control-plane: From 2\.0 on nothing is registered/u],
    'group.unregister': [{ channel: room }, /control-plane: From 2\.0 on nothing is registered/u],
    'group.reconcile': [{ channel: room, source: 'session' }, /only slim has acme\/ops\/incident-room/u],
  } as const;

  it('has a case for every action there is', async () => {
    const { out } = await run(['actions', '--json']);
    const { actions } = JSON.parse(out) as { actions: { name: string }[] };
    expect(actions.map(({ name }) => name).sort()).toEqual(
      [
        ...Object.keys(inputs),
        ...withoutUpstream,
        ...withoutManager,
        ...unasked,
        ...Object.keys(upTo14),
        ...Object.keys(alone),
      ].sort(),
    );
  });

  it.each(Object.keys(inputs))('%s: effects, the equivalent command, and its digest', async (action) => {
    const { code, out, err } = await plan(action, (await inputs[action]?.()) ?? {});
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^On \S+/mu);
    expect(out).toContain('\nEffects:\n  ');
    // SPIRE and its managers have a command each; a channel without a manager has none, and that is said.
    expect(out).toMatch(/\nEquivalent:\n {2}(\$ (spire-server|slimctl|cmctl) |# )/u);
    expect(out).toMatch(/^Apply: {2}muster apply \S+$/mu);
    expect(out).not.toMatch(/\[object |undefined|NaN/u);
  });

  it.each(Object.entries(upTo14))('%s: says in which generations it can be done', async (action, input) => {
    const { code, out, err } = await plan(action, input);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/control-plane: (From 2\.0 routes follow|.* in the first generation only)/u);
  });

  it.each(Object.entries(alone))('%s: says why there is nothing to do here', async (action, [input, why]) => {
    const { code, out, err } = await plan(action, input);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(why);
  });

  it.each(unasked)('%s: says that nobody asked for it', async (action) => {
    const { code, err } = await plan(action, { id: 'names', approve: true });
    expect(code).toBe(1);
    expect(err).toMatch(/id: there is no such request here/u);
  });

  it.each(withoutManager)('%s: says that there is no owner to sign it', async (action) => {
    const { code, err } = await plan(action, { channel: room, member: 'acme/ops/bob', action: 'add' });
    expect(code).toBe(1);
    expect(err).toMatch(/connection: only channels of a channel manager have owners/u);
  });

  it.each(withoutUpstream)('%s: says that there is no upstream authority', async (action) => {
    const { code, err } = await plan(action, { connection: 'harbor', subjectKeyId: 'ab12' });
    expect(code).toBe(1);
    expect(err).toMatch(/connection: harbor has no upstream authority/u);
  });
});

describe('bad input', () => {
  const create = (more: object) => ['entry.create', { connection: 'harbor', entries: [made(more)] }] as const;
  const imported = (text: string) => ['entry.import', { connection: 'harbor', text }] as const;

  it.each([
    [
      'an ID with a port',
      ...create({ spiffe_id: 'spiffe://harbor.example:80/x' }),
      /entries\[0\]\.spiffe_id: /u,
    ],
    ['a selector without a colon', ...create({ selectors: ['unix'] }), /entries\[0\]\.selectors\[0\]: /u],
    ['a TTL of −1', ...create({ x509_svid_ttl: -1 }), /entries\/?\[?0\]?[./]x509_svid_ttl/u],
    ['CSV with a wrong header', ...imported('id;parent\na;b'), /line 1/iu],
    [
      'a row with a TTL of −1',
      ...imported(`spiffe_id,parent_id,selectors,x509_svid_ttl\n${td}/a,${td}/spire/server,unix:uid:1,-1`),
      /line 2, x509_svid_ttl/u,
    ],
    [
      'a bundle of another trust domain',
      'bundle.set',
      { connection: 'harbor', trust_domain: 'drydock.test', from: 'lighthouse' },
      /from: lighthouse issues for lighthouse\.example, not for drydock\.test/u,
    ],
  ] as const)(
    '%s: refused by its field or row, and nothing is changed',
    async (_what, action, input, reason) => {
      const before = await state();
      const { code, out, err } = await plan(action, input);
      expect(err).toMatch(reason);
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(await state()).toEqual(before);
    },
  );

  it('the bundle document of another trust domain: refused by its field, and nothing is changed', async () => {
    const before = await state();
    const input = {
      connection: 'harbor',
      trust_domain: 'drydock.test',
      bundle: await documentOf('harbor.example'),
    };
    const { code, err } = await plan('bundle.set', input);
    expect(err).toMatch(/bundle: /u);
    expect(code).toBe(1);
    expect(await state()).toEqual(before);
  });

  it('S-18: an import of 300 MB: refused before it is read', async () => {
    const path = join(folder, 'huge.csv');
    const handle = await open(path, 'w');
    await handle.truncate(300_000_000);
    await handle.close();
    const before = await state();
    for (const args of [
      ['import', path, '--connection', 'harbor', '--yes'],
      ['plan', 'entry.import', '--input', path],
    ]) {
      const { code, err } = await muster(args, { home: practice.home });
      expect(err).toMatch(/MiB/u);
      expect(code).toBe(2);
    }
    expect(await state()).toEqual(before);
  });

  /** What bad input must not change: entries, bundles and their keys. */
  async function state(): Promise<object> {
    const entries = await view<{ entries: object[] }>('entries', 'page.limit=500');
    const bundles = await view<{ bundles: { spiffeJson: string }[] }>('bundles');
    expect(entries.entries.length).toBeGreaterThan(100);
    return [entries.entries, bundles.bundles.map(({ spiffeJson }) => spiffeJson)];
  }
});
