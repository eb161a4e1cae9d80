import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManagerOptions } from '@muster/practice/slim/manager/manager';
import { afterEach, describe, expect, it } from 'vitest';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { startHarness } from '../upstream/testing/harness.ts';

const audience = 'agntcy/ns/channel-manager';
/** Of somebody else, who signs where this gateway is not. */
const theirs = new OwnerKey(generateKeyPairSync('ed25519').privateKey);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: PracticeManagerOptions = {}) {
  const manager = await startPracticeManager({ audience, ...options });
  const harness = await startHarness([
    { name: 'manager', kind: 'channel-manager', address: manager.address, audience },
  ]);
  closing.push(
    () => harness.console.close(),
    () => manager.close(),
  );
  await harness.console.ready;
  const { act } = harness;
  const refusal = (action: string, input: JsonObject) =>
    harness.plan(action, input).then(
      () => 'planned',
      (error: unknown) => {
        expect((error as ConnectError).code).toBe(Code.InvalidArgument);
        return (error as ConnectError).rawMessage;
      },
    );
  return { manager, act, refusal };
}

const text = (proof: Uint8Array) => Buffer.from(proof).toString('utf8');
const create = (more: Partial<Parameters<OwnerKey['create']>[0]> = {}, at = new Date()) =>
  text(theirs.create({ audience, channel: 'a/b/c', mls: true, ...more }, at));
const remove = (key = theirs, at = new Date()) => text(key.delete({ audience, channel: 'a/b/c' }, at));

describe('a request that was signed elsewhere', () => {
  it('makes the channel as it says, owned by who signed it, and deletes it again', async () => {
    const { manager, act } = await start();
    const signed_request = create({ mls: false, ttlSeconds: 3600n, callback: 'a/b/desk' });
    const { plan, items, result } = await act('channel.create', { name: 'a/b/c', signed_request });
    expect(plan.changes[0]?.fields.map(({ field, after }) => [field, after])).toEqual([
      ['MLS', 'off'],
      ['Owner', theirs.did],
      ['Owner is asked at', 'a/b/desk'],
      ['Ends after', '1 hour'],
    ]);
    expect(plan.commands[0]?.line).toMatch(/ --signed-request-file request\.json /u);
    expect(items.map(({ outcome, reason }) => [outcome, reason])).toEqual([[ItemOutcome.DONE, '']]);
    expect(manager.channels.get('a/b/c')).toMatchObject({
      owner: theirs.did,
      mls: false,
      callback: 'a/b/desk',
    });
    // Nobody here can sign for taking it back.
    expect(result.inverseInput).toBeUndefined();

    const gone = await act('channel.delete', { name: 'a/b/c', signed_request: remove() });
    expect(gone.plan.commands[0]?.line).toMatch(
      /delete-channel .*--signed-request-file request\.json a\/b\/c$/u,
    );
    expect(gone.plan.warnings.map(({ code }) => code)).not.toContain('as-operator');
    expect(gone.items[0]).toMatchObject({ outcome: ItemOutcome.DONE, reason: '' });
    expect(gone.result.inverseInput).toBeUndefined();
    expect(manager.channels.size).toBe(0);
  });

  it('of an operator deletes it, and the plan says what it cannot know', async () => {
    const operator = new OwnerKey(generateKeyPairSync('ed25519').privateKey);
    const { manager, act } = await start({ operators: [operator.did] });
    await act('channel.create', { name: 'a/b/c', signed_request: create() });
    const { plan, items } = await act('channel.delete', { name: 'a/b/c', signed_request: remove(operator) });
    expect(plan.warnings.map(({ code }) => code)).toContain('as-operator');
    expect(items[0]?.outcome).toBe(ItemOutcome.DONE);
    expect(manager.channels.size).toBe(0);
  });

  it('S-27: is not sent where the manager would refuse it, or where it says something else than was asked for', async () => {
    const { manager, act, refusal } = await start();
    const make = (signed_request: string, more: JsonObject = {}) =>
      refusal('channel.create', { name: 'a/b/c', signed_request, ...more });
    expect(await make('nonsense')).toMatch(/^signed_request: it is not JSON/u);
    expect(await make(create({ channel: 'a/b/other' }))).toMatch(
      /^signed_request: .*another channel: a\/b\/other/u,
    );
    expect(await make(create({ audience: 'x/y/z' }))).toMatch(/^signed_request: .*another manager: x\/y\/z/u);
    expect(await make(create({}, new Date(0)))).toMatch(/^signed_request: it expired at 1970/u);
    expect(await make(create({}, new Date(Date.now() + 48 * 3_600_000)))).toMatch(
      /none for longer than a day/u,
    );
    expect(await make(create().replace('"mls_enabled":true', '"mls_enabled":false'))).toMatch(
      /^signed_request: it is not signed by the owner/u,
    );
    expect(await make(create(), { mls: false })).toMatch(/^mls: the signed request says it already/u);
    expect(await make(create(), { members: ['a/b/x'] })).toMatch(/^members: each needs a grant/u);
    expect(manager.channels.size).toBe(0);
    await act('channel.create', { name: 'a/b/c', signed_request: create() });
    const drop = (signed_request: string, more: JsonObject = {}) =>
      refusal('channel.delete', { name: 'a/b/c', signed_request, ...more });
    expect(await drop(create())).toMatch(/^signed_request: it asks to create/u);
    expect(await drop(remove(theirs, new Date(0)))).toMatch(/^signed_request: it expired/u);
    expect(await drop(remove(), { key: 'x' })).toMatch(/^key: the request is signed already/u);
  });

  it('is good once', async () => {
    const { act } = await start();
    const once = create();
    await act('channel.create', { name: 'a/b/c', signed_request: once });
    await act('channel.delete', { name: 'a/b/c', signed_request: remove() });
    const { items } = await act('channel.create', { name: 'a/b/c', signed_request: once });
    expect(items[0]).toMatchObject({ outcome: ItemOutcome.REFUSED });
    expect(items[0]?.reason).toMatch(/already been used/u);
  });

  it('is refused where the manager would ignore it', async () => {
    const { refusal } = await start({ generation: 2 });
    expect(await refusal('channel.create', { name: 'a/b/c', signed_request: create() })).toMatch(
      /^signed_request: .*older than 3\.1/u,
    );
  });
});
