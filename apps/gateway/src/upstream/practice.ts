import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fixedManagerName,
  managerName,
  startPracticeManagers,
} from '@muster/practice/slim/manager/practiceManagers';
import { startPracticePlane } from '@muster/practice/slim/plane/practicePlane';
import type { HeldChannel } from '@muster/practice/slim/plane/practicePlane';
import { startPracticeSlim } from '@muster/practice/slim/practiceSlim';
import type { PracticeSlim } from '@muster/practice/slim/practiceSlim';
import { startPracticeSpire } from '@muster/practice/spire/index';
import type { ConnectionConfig, SlimIdentityRule } from '../config/types.ts';
import type { Moderator } from '../moderator/types.ts';

const practiceNode = 'slim';
export const practicePlane = 'control-plane';
const practiceManager = 'channel-manager';
const practiceFixedManager = 'channel-manager-fixed';
const moderatorName = 'muster/practice/moderator';

/** Who stands behind the members: most as it should be, some not, and of the last it is not said. */
const slimIdentities: SlimIdentityRule[] = [
  { name: moderatorName, spiffeId: 'spiffe://harbor.example/muster/moderator' },
  { name: 'acme/ops/alice', spiffeId: 'spiffe://harbor.example/admin/console' },
  { name: 'acme/ops/pager-bot', spiffeId: 'spiffe://harbor.example/legacy/old-gate' },
  { name: 'acme/payments/ledger-agent', spiffeId: 'spiffe://harbor.example/ns/payments/sa/ledger/partner' },
  { name: 'acme/payments/fraud-watch', spiffeId: 'spiffe://harbor.example/batch/settlement' },
  { name: 'acme/ops/{person}', spiffeId: 'spiffe://harbor.example/people/{person}' },
];

/** The embedded practice network, as connections like any other. */
export interface Practice {
  connections: ConnectionConfig[];
  slimIdentities: SlimIdentityRule[];
  /** Starts the SLIM node and its members; the same one at every call. */
  network: () => Promise<{ endpoint: string; sharedSecret: string }>;
  /** Names that can be invited. */
  candidates: () => readonly string[];
  /** Makes the channels of the practice network with this moderator; invites whoever is missing. */
  furnish: (moderator: Moderator) => Promise<void>;
  stop: () => Promise<void>;
}

/** SPIRE is started here; SLIM, which takes seconds, when its connection is first tried. */
export async function startPractice(options: { entries?: number } = {}): Promise<Practice> {
  // Socket paths have 107 bytes at most. mkdtemp makes it 0700.
  const directory = await mkdtemp(join(tmpdir(), 'muster-'));
  const [spire, plane] = await Promise.all([
    startPracticeSpire({ directory, ...options }),
    startPracticePlane(() => held()),
  ]);
  const managers = await startPracticeManagers({
    callback: `${moderatorName}-approval`,
    instanceOf: plane.instanceOf,
    meet: plane.meet,
  });
  const ownerKeyFile = join(directory, 'owner.pem');
  await writeFile(ownerKeyFile, managers.ownerKey, { mode: 0o600 });
  let ours: Moderator | undefined;
  // What is made here and at the managers has its routes in the practice control plane too.
  const held = (): HeldChannel[] => [
    ...managers.channels(),
    ...(ours?.channels() ?? []).map(({ name }): HeldChannel => [
      name,
      (ours?.members(name) ?? []).map((member) => member.name),
    ]),
  ];
  let slim: Promise<PracticeSlim> | undefined;
  let running: PracticeSlim | undefined;
  let stopped = false;
  const connections: ConnectionConfig[] = spire.trustDomains.flatMap(
    ({ name, serverSocket, workloadSocket }) => {
      const short = name.split('.')[0] ?? name;
      return [
        { name: short, kind: 'spire-server' as const, address: `unix://${serverSocket}`, trustDomain: name },
        { name: `${short}-workload`, kind: 'workload-api' as const, address: `unix://${workloadSocket}` },
      ];
    },
  );
  connections.push({
    name: practiceNode,
    kind: 'slim-node',
    address: 'http://127.0.0.1:0',
    moderator: { name: moderatorName, sharedSecretFile: 'env:NONE' },
  });
  connections.push({ name: practicePlane, kind: 'slim-control-plane', address: plane.address });
  connections.push(
    {
      name: practiceManager,
      kind: 'channel-manager',
      address: managers.address,
      audience: managerName,
      ownerKeyFile,
    },
    {
      name: practiceFixedManager,
      kind: 'channel-manager',
      address: managers.fixedAddress,
      audience: fixedManagerName,
    },
  );
  let furnishing: Promise<void> | undefined;
  const furnish = async (moderator: Moderator): Promise<void> => {
    if (!running) return;
    const there = new Set(moderator.channels().map(({ name }) => name));
    for (const { name, members } of running.channels) {
      if (!there.has(name)) await moderator.createChannel(name, { mls: true }).catch(() => {});
      const online = new Set(
        moderator.members(name).flatMap((member) => (member.status === 'offline' ? [] : [member.name])),
      );
      for (const member of members) {
        // One that does not answer is seen as missing; the rest of the room still works.
        if (!online.has(member)) await moderator.invite(name, member).catch(() => {});
      }
      for (const { name: one, instance } of moderator.members(name)) plane.meet(one, instance);
    }
    const { rooms } = running;
    // Their channels are there already, as a list: nobody waits for this.
    void managers.furnish(rooms).then(() => managers.begin());
  };
  return {
    connections,
    slimIdentities,
    async network() {
      slim ??= startPracticeSlim().then((started) => (running = started));
      try {
        const { endpoint, sharedSecret } = await slim;
        return { endpoint, sharedSecret };
      } catch (error) {
        slim = undefined;
        throw error;
      }
    },
    candidates: () => running?.members ?? [],
    furnish(moderator) {
      ours = moderator;
      if (stopped) return Promise.resolve();
      furnishing ??= (async () => {
        // The practice control plane stands beside the practice node: it is told who really runs there.
        moderator.onEvent((event) => {
          if (event.type === 'member-joined' || event.type === 'member-online')
            plane.meet(event.member.name, event.member.instance);
        });
        await furnish(moderator);
        // A restarted network has new members, in no channel.
        running?.onRestarted(() => void furnish(moderator).catch(() => {}));
      })().catch(() => {
        furnishing = undefined;
      });
      return furnishing;
    },
    async stop() {
      stopped = true;
      await Promise.all([
        spire.stop(),
        plane.stop(),
        managers.stop(),
        slim?.then((started) => started.stop()).catch(() => {}),
      ]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
