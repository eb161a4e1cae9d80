import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, type ConnectError } from '@connectrpc/connect';
import { ApprovalState, ItemOutcome, KeyService } from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManager } from '@muster/practice/slim/manager/manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AskedModerator, approvalActions } from '../approvals/testing/asked-moderator.ts';
import { newKey, startHarness, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const room = 'org/ns/room';
const moderator = new AskedModerator();
let manager: PracticeManager;
let harness: Harness;

beforeAll(async () => {
  const directory = temporaryDirectory();
  const sharedSecretFile = join(directory, 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(32));
  const ownerKeyFile = join(directory, 'owner.pem');
  writeFileSync(
    ownerKeyFile,
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  manager = await startPracticeManager();
  const node = { name: 'node', kind: 'slim-node' as const, address: 'http://127.0.0.1:1' };
  harness = await startHarness(
    [
      { ...node, moderator: { name: 'org/ns/mod', sharedSecretFile } },
      {
        name: 'manager',
        kind: 'channel-manager',
        address: manager.address,
        ownerKeyFile,
        audience: 'agntcy/ns/channel-manager',
      },
    ],
    { startModerator: moderator.start },
  );
  await harness.console.ready;
  const { keys } = await until(
    () => harness.client(KeyService).listOwnerKeys({}),
    (found) => found.keys.length === 1,
  );
  const channel = { callback: 'org/ns/mod-approval', mls: true, expiresAt: undefined, members: [] };
  manager.channels.set(room, { ...channel, owner: keys[0]?.did ?? '' });
});
beforeEach(() => {
  moderator.breaks = 'never';
});
afterAll(async () => {
  await harness.console.close();
  await manager.close();
});

const state = async (id: string) =>
  (await harness.client(KeyService).listApprovals({ id })).approvals[0]?.state;

describe.each(approvalActions)('%s', (name) => {
  describe.each([true, false])('approve: %s', (approve) => {
    it.each(['before', 'after'] as const)(
      'S-28: is answered once at most, and not known, when the call breaks %s it took effect',
      async (breaks) => {
        const { id } = moderator.ask({ channel: room, invitee: 'org/ns/bob' });
        const plan = await harness.plan(name, { id, approve });
        moderator.breaks = breaks;
        const key = newKey();
        const { items } = await harness.apply(plan.digest, key);
        moderator.breaks = 'never';
        expect(items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.UNKNOWN]);
        expect(moderator.answers.has(id)).toBe(breaks === 'after');
        expect(await state(id)).toBe(approve ? ApprovalState.APPROVED : ApprovalState.DENIED);
        const again = await harness.apply(plan.digest, key);
        expect(again.items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.UNKNOWN]);
        await expect(harness.apply(plan.digest)).rejects.toThrow(/was applied already/u);
        // What may have been said is not said differently.
        await expect(harness.plan(name, { id, approve: !approve })).rejects.toThrow(/nobody waits/u);
        expect(moderator.answers.has(id)).toBe(breaks === 'after');
      },
    );

    it('is refused, and nothing signed goes out, when the channel manager has given up', async () => {
      const { id } = moderator.ask({ channel: room, invitee: 'org/ns/bob' });
      const plan = await harness.plan(name, { id, approve });
      moderator.breaks = 'gone';
      const { items } = await harness.apply(plan.digest);
      expect(items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.REFUSED]);
      expect(items[0]?.reason).toMatch(/Nobody waits for this answer any more/u);
      expect(await state(id)).toBe(ApprovalState.EXPIRED);
      expect(moderator.answers.has(id)).toBe(false);
    });

    it('S-27: is refused where another request has taken the place of the one it was planned for', async () => {
      const first = moderator.ask({ channel: room, invitee: 'org/ns/bob' });
      const plan = await harness.plan(name, { id: first.id, approve });
      moderator.withdraw(first.id);
      const second = moderator.ask({ channel: room, invitee: 'org/ns/bob' });
      const error = await harness.apply(plan.digest).then(
        () => undefined,
        (reason: unknown) => reason as ConnectError,
      );
      expect(error?.code).toBe(Code.FailedPrecondition);
      expect(error?.rawMessage).toMatch(/changed since it was planned: it was denied/u);
      expect(moderator.answers.has(second.id)).toBe(false);
      moderator.withdraw(second.id);
    });
  });

  it('S-26: a viewer is refused', async () => {
    const { id } = moderator.ask({ channel: room, invitee: 'org/ns/bob' });
    const plan = await harness.plan(name, { id, approve: true });
    harness.caller.role = 'viewer';
    await expect(harness.apply(plan.digest)).rejects.toThrow(/role moderator is needed/u);
    harness.caller.role = 'administrator';
    expect(moderator.answers.has(id)).toBe(false);
    moderator.withdraw(id);
  });
});
