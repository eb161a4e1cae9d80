import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, type ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newKey, startHarness, temporaryDirectory } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { BreakingModerator, groupActions, groupCases } from './testing/group-cases.ts';

let harness: Harness;
const moderator = new BreakingModerator();

beforeAll(async () => {
  const sharedSecretFile = join(temporaryDirectory(), 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(32));
  const node = { name: 'node', kind: 'slim-node' as const, address: 'http://127.0.0.1:1' };
  harness = await startHarness([{ ...node, moderator: { name: 'org/ns/mod', sharedSecretFile } }], {
    startModerator: moderator.start,
  });
  await harness.console.ready;
});
beforeEach(() => {
  moderator.breaks = 'never';
  moderator.rooms.clear();
});
afterAll(() => harness.console.close());

describe.each(groupActions)('%s', (name) => {
  const { stage, input, other } = groupCases[name] ?? { stage: () => {}, input: {}, other: () => {} };

  it.each(['before', 'after'] as const)(
    'S-28: is done once at most, and not known, when the call breaks %s it took effect',
    async (breaks) => {
      stage(moderator);
      const plan = await harness.plan(name, input);
      const staged = moderator.state();
      moderator.breaks = breaks;
      const key = newKey();
      const { items } = await harness.apply(plan.digest, key);
      moderator.breaks = 'never';
      expect(items[0]?.outcome).toBe(ItemOutcome.UNKNOWN);
      const left = moderator.state();
      if (breaks === 'before') expect(left).toBe(staged);
      else expect(left).not.toBe(staged);
      const again = await harness.apply(plan.digest, key);
      expect(again.items.map(({ outcome }) => outcome)).toEqual(items.map(({ outcome }) => outcome));
      await expect(harness.apply(plan.digest)).rejects.toThrow(/was applied already/u);
      expect(moderator.state()).toBe(left);
    },
  );

  it('S-27: is refused where another moderator has taken the place of the one it was planned for', async () => {
    stage(moderator);
    const plan = await harness.plan(name, input);
    moderator.rooms.clear();
    other(moderator);
    const found = moderator.state();
    const error = await harness.apply(plan.digest).then(
      () => undefined,
      (reason: unknown) => reason as ConnectError,
    );
    expect(error?.rawMessage).toMatch(/changed since it was planned/u);
    expect(error?.code).toBe(Code.FailedPrecondition);
    expect(moderator.state()).toBe(found);
  });
});
