import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { AuthorityKind, ItemOutcome, TrustDomainService } from '@muster/api';
import { keyParams, makeCertificationRequest } from '@muster/domain';
import type { Harness } from '../../upstream/testing/harness.ts';
import { readServer } from './server-state.ts';

/** Where a case is made ready: a console with a way of its own to the server. */
export interface Ground {
  console: Harness;
  connection: string;
  trustDomain: string;
  /** Of the server itself. */
  address: string;
  /** Another at each call, so that no two stages meet. */
  nth: number;
}

export interface Case {
  /** Makes what the action needs, and answers its input. */
  stage: (ground: Ground) => JsonObject | Promise<JsonObject>;
  /** It leaves nothing at the server that could be seen. */
  unseen?: string;
  /** The practice network has nothing to plan it for: what is said instead, and where it is tested. */
  refused?: { words: RegExp; instead: string };
}

const act = async ({ console }: Ground, action: string, input: JsonObject) => {
  const { items, result } = await console.apply((await console.plan(action, input)).digest);
  const bad = items.find(({ outcome }) => outcome !== ItemOutcome.DONE);
  if (bad) throw new Error(`${action}: ${bad.target}: ${bad.reason}`);
  return { ids: items.map(({ id }) => id), result };
};

const row = ({ trustDomain, nth }: Ground, more: JsonObject = {}): JsonObject => ({
  spiffe_id: `spiffe://${trustDomain}/every/${nth}`,
  parent_id: `spiffe://${trustDomain}/spire/server`,
  selectors: [`unix:uid:${nth}`],
  ...more,
});

const made = async (ground: Ground): Promise<string> => {
  const { ids } = await act(ground, 'entry.create', { entries: [row(ground)] });
  return ids[0] ?? '';
};

/** A bundle that names no trust domain: of a JWT key only. */
function jwtBundle(nth: number): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ format: 'jwk' });
  return JSON.stringify({ keys: [{ ...key, use: 'jwt-svid', kid: `key-${nth}` }] });
}

const peer = ({ nth }: Ground): string => `peer-${nth}.test`;
const endpoint = (ground: Ground): JsonObject => ({
  bundle_endpoint_url: `https://${peer(ground)}:8443/`,
  profile: 'https_web',
});
const paired = (ground: Ground): JsonObject => ({
  left: { connection: ground.connection },
  right: { trust_domain: peer(ground), bundle: jwtBundle(ground.nth), ...endpoint(ground) },
  refresh: false,
});

const agent = async ({ address }: Ground, fits: (line: string) => boolean): Promise<string> => {
  const { lines } = await readServer(address);
  const line = lines.find((one) => one.startsWith('agent ') && fits(one));
  if (!line) throw new Error('No agent is left.');
  return line.split(' ')[1] ?? '';
};

const before = { activate: 'prepare', taint: 'activate', revoke: 'taint' } as const;
type Verb = 'prepare' | keyof typeof before;

/** Rotates until a step is the next one, and answers its input as the cockpit gives it. */
async function step(ground: Ground, kind: 'x509' | 'jwt', verb: Verb): Promise<JsonObject> {
  const { sets } = await ground.console.client(TrustDomainService).listAuthorities({});
  const wanted = kind === 'jwt' ? AuthorityKind.JWT : AuthorityKind.X509;
  const set = sets.find((one) => one.connection === ground.connection && one.kind === wanted);
  const found = set?.steps.find(({ action }) => action === `authority.${verb}`);
  const json = found?.possible ? found.inputJson : (found?.insistJson ?? '');
  if (json !== '') return JSON.parse(json) as JsonObject;
  // A tainted old one is in the way of the next round.
  const first = verb === 'prepare' ? 'revoke' : before[verb];
  await act(ground, `authority.${first}`, await step(ground, kind, first));
  return step(ground, kind, verb);
}

const authority =
  (kind: 'x509' | 'jwt', verb: Verb): Case['stage'] =>
  (ground) =>
    step(ground, kind, verb);

const upstream = {
  refused: { words: /has no upstream authority/u, instead: 'realstack/real/upstream.spec.ts' },
  stage: ({ connection }: Ground) => ({ connection, subjectKeyId: 'ab12' }),
};

/** Every action on a SPIRE server, by name: one that is added must be thought about here. */
export const spireCases: Record<string, Case> = {
  'agent.ban': {
    stage: async (ground) => ({
      connection: ground.connection,
      ids: [`spiffe://${ground.trustDomain}${await agent(ground, (line) => !line.endsWith('banned'))}`],
    }),
  },
  'agent.evict': {
    stage: async (ground) => ({
      connection: ground.connection,
      ids: [`spiffe://${ground.trustDomain}${await agent(ground, (line) => line.endsWith('banned'))}`],
    }),
  },
  'agent.purge': {
    // Some of the practice network's agents have been gone for long.
    stage: ({ connection }) => ({ connection, expiredFor: 60, includeNotReattestable: true }),
  },
  'agent.joinToken': {
    stage: ({ connection, trustDomain, nth }) => ({
      connection,
      spiffeId: `spiffe://${trustDomain}/every-node/${nth}`,
    }),
  },
  'logger.level': {
    stage: async ({ connection, address }) => ({
      connection,
      // Logrus: 3 is warn.
      level: (await readServer(address)).loggerLevel === 3 ? 'debug' : 'warn',
    }),
  },
  'entry.create': { stage: (ground) => ({ entries: [row(ground)] }) },
  'entry.update': {
    stage: async (ground) => ({
      connection: ground.connection,
      id: await made(ground),
      set: { hint: 'changed' },
    }),
  },
  'entry.delete': {
    stage: async (ground) => ({ connection: ground.connection, ids: [await made(ground)] }),
  },
  'entry.clone': {
    stage: async (ground) => ({
      connection: ground.connection,
      ids: [await made(ground)],
      replace: [{ find: `/every/${ground.nth}`, with: `/every/${ground.nth}/copy` }],
    }),
  },
  'entry.import': {
    stage: (ground) => ({ connection: ground.connection, text: JSON.stringify([row(ground)]) }),
  },
  'entry.restore': {
    stage: async (ground) => ({ connection: ground.connection, delete: [await made(ground)] }),
  },
  'svid.mintX509': {
    unseen: 'A server keeps no list of what it minted.',
    stage: async ({ connection, trustDomain }) => ({
      connection,
      csr: await makeCertificationRequest(
        (await crypto.subtle.generateKey(keyParams('EC P-256'), true, ['sign', 'verify'])) as CryptoKeyPair,
        `spiffe://${trustDomain}/minted`,
      ),
    }),
  },
  'svid.mintJwt': {
    unseen: 'A server keeps no list of what it minted.',
    stage: ({ connection, trustDomain }) => ({
      connection,
      spiffeId: `spiffe://${trustDomain}/minted`,
      audience: ['every'],
    }),
  },
  'authority.prepare': { stage: authority('jwt', 'prepare') },
  'authority.activate': { stage: authority('x509', 'activate') },
  'authority.taint': {
    stage: authority('x509', 'taint'),
    unseen: 'A taint is in the bundle, not in the slots.',
  },
  'authority.revoke': { stage: authority('jwt', 'revoke') },
  'authority.taintUpstream': upstream,
  'authority.revokeUpstream': upstream,
  'federation.create': {
    stage: (ground) => ({
      connection: ground.connection,
      trust_domain: peer(ground),
      ...endpoint(ground),
      refresh: false,
    }),
  },
  'federation.update': {
    stage: ({ connection, nth }) => ({
      connection,
      trust_domain: 'drydock.test',
      set: { bundle_endpoint_url: `https://bundle-${nth}.drydock.test/` },
      refresh: false,
    }),
  },
  'federation.delete': {
    stage: async (ground) => {
      await act(ground, 'federation.pair', paired(ground));
      return { connection: ground.connection, trust_domain: peer(ground), bundle: 'restrict' };
    },
  },
  'federation.refresh': {
    unseen: 'The bundle is the same again.',
    stage: ({ connection }) => ({ connection, trust_domain: 'lighthouse.example' }),
  },
  'federation.pair': { stage: paired },
  'federation.unpair': {
    stage: async (ground) => {
      await act(ground, 'federation.pair', paired(ground));
      return { left: { connection: ground.connection }, right: { trust_domain: peer(ground) } };
    },
  },
  'bundle.set': {
    stage: (ground) => ({
      connection: ground.connection,
      trust_domain: peer(ground),
      bundle: jwtBundle(ground.nth),
    }),
  },
  'bundle.delete': {
    stage: async (ground) => {
      const { connection, nth } = ground;
      await act(ground, 'bundle.set', { connection, trust_domain: peer(ground), bundle: jwtBundle(nth) });
      return { connection, trust_domain: peer(ground), mode: 'dissociate' };
    },
  },
};
