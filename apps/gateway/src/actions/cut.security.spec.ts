import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { ActionService, ConnectionState, ItemOutcome, type Plan, Topic } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import type { CutProxy } from '../upstream/testing/cut-proxy.ts';
import { newKey, startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { actions } from './registry.ts';
import { approvalActions } from '../approvals/testing/asked-moderator.ts';
import { groupActions } from './testing/group-cases.ts';
import { type Ground, spireCases } from './testing/cases.ts';
import { keyActions } from './testing/key-cases.ts';
import { networkActions } from './testing/network-cases.ts';
import { registerActions } from './testing/register-cases.ts';
import { readRest, readServer } from './testing/server-state.ts';

const connection = 'harbor';
const trustDomain = 'harbor.example';

type Spire = Awaited<ReturnType<typeof startSpire>>;
let spire: Spire;
/** Through a proxy that may break or lead elsewhere, and beside it to the same server. */
let cut: Harness;
let truth: Harness;
let proxy: CutProxy;
let address: string;
let nth = 0;

beforeAll(async () => {
  spire = await startSpire({ entries: 20 });
  const servers = spire.connections.filter(({ kind }) => kind === 'spire-server');
  const socket = spire.spire.trustDomains[0]?.serverSocket ?? '';
  address = `unix://${socket}`;
  const path = join(temporaryDirectory(), 'p.sock');
  proxy = await startCutProxy(path, socket);
  cut = await startHarness(
    servers.map((one) =>
      one.name === connection ? { ...one, address: `unix://${path}` } : one,
    ) as typeof servers,
  );
  truth = await startHarness(servers);
  await Promise.all([cut.console.ready, truth.console.ready]);
}, 60_000);
afterAll(async () => {
  proxy.mend();
  await Promise.all([cut.console.close(), truth.console.close()]);
  await proxy.close();
  await spire.stop();
});

const ground = (): Ground => ({ console: truth, connection, trustDomain, address, nth: (nth += 1) });
const up = () =>
  until(
    async () =>
      (await cut.connections.listConnections({})).connections.find(({ name }) => name === connection),
    (one) => one?.state === ConnectionState.READY,
  );
const spireNames = Object.keys(spireCases);
const planned = spireNames.filter((name) => spireCases[name]?.refused === undefined);
const stageOf = (name: string): Promise<JsonObject> =>
  Promise.resolve(spireCases[name]?.stage(ground()) ?? {});

it('every action there is has a case here', () => {
  expect(
    [
      ...spireNames,
      ...groupActions,
      ...networkActions,
      ...keyActions,
      ...registerActions,
      ...approvalActions,
    ].toSorted(),
  ).toEqual(actions.map(({ name }) => name).toSorted());
});

it.each(spireNames.filter((name) => spireCases[name]?.refused))(
  '%s cannot be planned on the practice network, and says why',
  async (name) => {
    await expect(truth.plan(name, await stageOf(name))).rejects.toThrow(spireCases[name]?.refused?.words);
  },
);

/** Which bytes of the call get through: those of a call begin with its header, at once. */
const places = [
  ['before it is sent', 'client', 0],
  ['while it is sent', 'client', 60],
  ['after it was sent', 'server', 0],
  ['in the middle of its answer', 'server', 30],
] as const;

describe.each(planned)('S-28: %s, when the connection breaks', (name) => {
  it.each(places)(
    '%s, is done once at most, and what is said of it holds',
    async (_place, side, bytes) => {
      const input = await stageOf(name);
      await up();
      const plan = await cut.plan(name, input);
      const before = await readServer(address);
      const stop = cut.bus.on((event) => {
        if (event.kind === 'invalidated' && event.topic === Topic.ACTIONS) proxy.cutAfter(side, bytes);
      });
      const key = newKey();
      const { items, result } = await cut.apply(plan.digest, key);
      stop();
      proxy.mend();
      const after = await readRest(address);
      const outcomes = items.map(({ outcome }) => outcome);
      expect(outcomes).toHaveLength(plan.changes.length);
      const changed = after.lines.join('\n') !== before.lines.join('\n');
      const { unseen } = spireCases[name] ?? {};
      if (outcomes.includes(ItemOutcome.DONE) && unseen === undefined) expect(changed).toBe(true);
      if (outcomes.every((one) => one === ItemOutcome.REFUSED || one === ItemOutcome.SKIPPED))
        expect(changed).toBe(false);
      // After one that is not known nothing else was begun.
      const unknown = outcomes.indexOf(ItemOutcome.UNKNOWN);
      if (unknown >= 0) expect(outcomes.slice(unknown + 1)).not.toContain(ItemOutcome.DONE);
      // Of each kind of thing one more or one fewer at most: nothing was done twice.
      for (const kind of ['entry ', 'agent ', 'bundle of ', 'relationship with ']) {
        const count = ({ lines }: typeof after) => lines.filter((line) => line.startsWith(kind)).length;
        const most = name === 'agent.purge' ? plan.changes.length : 1;
        expect(Math.abs(count(after) - count(before)), kind).toBeLessThanOrEqual(most);
      }
      // Asked again under the same key: the same answer, and nothing more is done.
      const again = await cut.apply(plan.digest, key);
      expect(again.items.map(({ outcome }) => outcome)).toEqual(outcomes);
      expect((await readRest(address)).lines).toEqual(after.lines);
      const { record } = await cut.client(ActionService).getRecord({ id: result.recordId });
      if (unknown >= 0) expect(record?.state).toBe('unknown');
      expect(record?.state).not.toBe('started');
    },
    30_000,
  );
});

describe('S-27: a plan is carried out on the server it was made for, or not at all', () => {
  let other: Spire;
  const plans = new Map<string, Plan>();
  beforeAll(async () => {
    other = await startSpire({ entries: 20 });
    await up();
    for (const name of planned) plans.set(name, await cut.plan(name, await stageOf(name)));
    plans.set(
      'federation.unpair of two servers',
      await cut.plan('federation.unpair', {
        left: { connection: 'lighthouse' },
        right: { connection },
        bundles: 'keep',
      }),
    );
    // The same trust domain, other authorities: staging behind the path of production.
    proxy.leadTo(other.spire.trustDomains[0]?.serverSocket ?? '');
  }, 120_000);
  afterAll(() => other.stop());

  it.each([...planned, 'federation.unpair of two servers'])(
    '%s is refused where another server answers',
    async (name) => {
      const there = `unix://${other.spire.trustDomains[0]?.serverSocket ?? ''}`;
      const [before, first] = [await readServer(there), await readServer(address)];
      // That the first server is gone is found by the first call; nothing was sent, so that it may be tried again.
      const error = await until(
        () =>
          cut.apply(plans.get(name)?.digest ?? '').then(
            () => undefined,
            (reason: unknown) => reason as ConnectError,
          ),
        (one) => one?.code !== Code.Unavailable,
      );
      expect(error).toBeInstanceOf(ConnectError);
      expect(error?.rawMessage).toMatch(/another server, with other authorities/u);
      expect(error?.code).toBe(Code.FailedPrecondition);
      expect((await readServer(there)).lines).toEqual(before.lines);
      expect((await readServer(address)).lines).toEqual(first.lines);
    },
    30_000,
  );
});
