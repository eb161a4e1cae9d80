import { Code, type ConnectError } from '@connectrpc/connect';
import { ItemOutcome, KeyService } from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import { afterEach, describe, expect, it } from 'vitest';
import { newKey, startHarness } from '../upstream/testing/harness.ts';
import { firstAlias, grantChannel, keyActions, keyCases } from './testing/key-cases.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function start() {
  const audience = 'org/ns/manager';
  const manager = await startPracticeManager({ audience });
  const harness = await startHarness([
    { name: 'manager', kind: 'channel-manager', address: manager.address, audience },
  ]);
  closing.push(manager.close, () => harness.console.close());
  await harness.console.ready;
  const act = async (action: string, input: Parameters<typeof harness.plan>[1]) =>
    harness.apply((await harness.plan(action, input)).digest);
  await act('ownerKey.create', { alias: firstAlias });
  await act('channel.create', { name: grantChannel, owner: firstAlias });
  const state = async () => {
    const { keys } = await harness.client(KeyService).listOwnerKeys({});
    return JSON.stringify([keys.map(({ did, alias }) => [did, alias]), [...manager.channels.keys()]]);
  };
  return { harness, state };
}

describe.each(keyActions)('%s', (name) => {
  const one = keyCases[name];
  if (!one) throw new Error(name);

  it('S-28: is done once, however often it is applied, and what it told is told once', async () => {
    const { harness, state } = await start();
    const plan = await harness.plan(name, one.input());
    const key = newKey();
    const first = await harness.apply(plan.digest, key);
    expect(first.items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE]);
    const after = await state();
    const again = await harness.apply(plan.digest, key);
    expect(again.items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE]);
    expect(again.items[0]?.secret).toBe('');
    await expect(harness.apply(plan.digest)).rejects.toThrow(/was applied already/u);
    expect(await state()).toBe(after);
  });

  it('S-27: is refused where what it was planned for is another now', async () => {
    const { harness, state } = await start();
    const plan = await harness.plan(name, one.input());
    await one.meanwhile(harness);
    const found = await state();
    const error = await harness.apply(plan.digest).then(
      () => undefined,
      (reason: unknown) => reason as ConnectError,
    );
    expect(error?.rawMessage).toMatch(one.changed);
    expect(error?.code).toBe(Code.FailedPrecondition);
    expect(await state()).toBe(found);
  });
});
