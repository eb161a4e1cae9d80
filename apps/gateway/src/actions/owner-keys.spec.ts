import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { create, toBinary, toJsonString } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  ActionService,
  ItemResultSchema,
  KeyService,
  ListOwnerKeysResponseSchema,
  ListRecordsResponseSchema,
  PlanSchema,
} from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManager } from '@muster/practice/slim/manager/manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { startHarness, temporaryDirectory } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusal } from '../upstream/testing/refusal.ts';
import { newPem } from './testing/key-cases.ts';

const audience = 'org/ns/manager';
let manager: PracticeManager;
/** Two gateways on one manager, each with a home and keys of its own. */
let ada: Harness;
let bob: Harness;
let home: string;

beforeAll(async () => {
  manager = await startPracticeManager({ audience });
  home = temporaryDirectory();
  const at = [{ name: 'manager', kind: 'channel-manager' as const, address: manager.address, audience }];
  ada = await startHarness(at, { home });
  bob = await startHarness(at, { home: temporaryDirectory() });
  await Promise.all([ada.console.ready, bob.console.ready]);
});
afterAll(async () => {
  await Promise.all([ada.console.close(), bob.console.close()]);
  await manager.close();
});

const act = async (who: Harness, action: string, input: JsonObject) => {
  const plan = await who.plan(action, input);
  return { plan, ...(await who.apply(plan.digest)) };
};
const keysOf = (who: Harness) => who.client(KeyService).listOwnerKeys({});

describe('owner keys', () => {
  it('are made, own channels, and are named in the lists', async () => {
    const made = await act(ada, 'ownerKey.create', { alias: 'ops' });
    const did = made.items[0]?.id ?? '';
    expect(did).toMatch(/^did:key:z6Mk/u);
    expect(made.result.inverseInput).toEqual({ key: did });
    await act(ada, 'channel.create', { name: 'org/ns/room', owner: 'ops', members: ['org/ns/x'] });
    expect(manager.channels.get('org/ns/room')).toMatchObject({ owner: did, members: ['org/ns/x'] });
    const { keys, protection, warnings } = await keysOf(ada);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({
      did,
      alias: 'ops',
      source: 'kept',
      channels: ['manager/org/ns/room'],
      channelsTotal: 1,
      exportable: true,
    });
    expect(protection).toMatch(/random key in a file beside them/u);
    expect(warnings).toEqual([]);
    const { channels } = await ada.groups.listChannels({});
    expect(channels[0]).toMatchObject({ ownedByUs: true, ownerAlias: 'ops' });
    expect((await bob.groups.listChannels({})).channels[0]).toMatchObject({
      ownedByUs: false,
      ownerAlias: '',
    });
  });

  it.each([
    ['', /alias: this field may not be empty/u],
    ['ops', /another key has this name already: did:key:/u],
    [' -x', /letter or digit first/u],
    ['a\u202eb', /letters, digits/u],
    ['none', /nobody owns/u],
    ['x'.repeat(64), /alias: at most 63/u],
  ])('are not named “%s”', async (alias, words) => {
    expect((await refusal(ada.plan('ownerKey.create', { alias }))).rawMessage).toMatch(words);
  });

  it('let others change a channel by a grant: once, for one member, and for no other change', async () => {
    const { plan, items } = await act(ada, 'grant.issue', {
      channel: 'org/ns/room',
      member: 'org/ns/guest',
      action: 'add',
      valid_seconds: 600,
    });
    expect(plan.effects.join(' ')).toMatch(/once, until .*It cannot be taken back/u);
    const grant = items[0]?.secret ?? '';
    expect(JSON.parse(grant)).toMatchObject({
      channel: 'org/ns/room',
      invitee: 'org/ns/guest',
      action: 'add',
    });
    const invite = { channel: 'org/ns/room', member: 'org/ns/guest', grant };
    expect((await refusal(bob.plan('member.remove', invite))).rawMessage).toMatch(
      /member: org\/ns\/guest is not in/u,
    );
    expect((await act(bob, 'member.invite', invite)).result.done).toBe(1);
    expect(manager.channels.get('org/ns/room')?.members).toContain('org/ns/guest');
    const removal = await act(ada, 'member.remove', { channel: 'org/ns/room', member: 'org/ns/guest' });
    expect(removal.result.done).toBe(1);
    expect((await act(bob, 'member.invite', invite)).items[0]?.reason).toMatch(
      /already been used\. A grant is good/u,
    );
  });

  it('are warned of where a grant is good for long, and asked for within a year', async () => {
    const grant = { channel: 'org/ns/room', member: 'org/ns/x', action: 'delete' };
    const long = await ada.plan('grant.issue', { ...grant, valid_seconds: 90 * 86_400 });
    expect(long.warnings.map(({ code }) => code)).toContain('long-grant');
    expect((await refusal(ada.plan('grant.issue', { ...grant, valid_seconds: 366 * 86_400 }))).code).toBe(
      Code.InvalidArgument,
    );
    expect((await refusal(bob.plan('grant.issue', grant))).rawMessage).toMatch(/only who has it can grant/u);
    await act(bob, 'ownerKey.create', { alias: 'bobs' });
    expect((await refusal(bob.plan('grant.issue', { ...grant, key: 'bobs' }))).rawMessage).toMatch(
      /key: org\/ns\/room is owned by did:key:\S+: a grant signed by another key is refused/u,
    );
  });

  it('are imported, encrypted or not, and then theirs to sign with', async () => {
    const pem = newPem();
    const own = new OwnerKey(pem);
    manager.channels.set('org/ns/away', {
      owner: own.did,
      callback: '',
      mls: true,
      expiresAt: undefined,
      members: [],
    });
    const encrypted = createPrivateKey(pem).export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'sesame',
    }) as string;
    expect((await refusal(ada.plan('ownerKey.import', { alias: 'away', pem: encrypted }))).rawMessage).toBe(
      'pem: it is encrypted, and no passphrase is given.',
    );
    const { plan } = await act(ada, 'ownerKey.import', {
      alias: 'away',
      pem: encrypted,
      passphrase: 'sesame',
    });
    expect(plan.effects[0]).toMatch(
      /1 channel that it owns can be changed from here then: manager\/org\/ns\/away/u,
    );
    expect((await act(ada, 'channel.delete', { name: 'org/ns/away' })).result.done).toBe(1);
    expect((await refusal(ada.plan('ownerKey.import', { alias: 'again', pem }))).code).toBe(
      Code.AlreadyExists,
    );
    const renamed = await act(ada, 'ownerKey.rename', { key: 'away', alias: 'home' });
    expect(renamed.result.inverseInput).toEqual({ key: own.did, alias: 'away' });
    expect((await keysOf(ada)).keys.map(({ alias }) => alias)).toEqual(['home', 'ops']);
  });

  it('are exported to who made them, under a passphrase, on the record', async () => {
    const [, ops] = (await keysOf(ada)).keys;
    const { exportOwnerKey } = ada.client(KeyService);
    const did = ops?.did ?? '';
    expect((await refusal(exportOwnerKey({ did, passphrase: 'too short' }))).rawMessage).toMatch(
      /at least 12 characters/u,
    );
    ada.caller.role = 'viewer';
    expect((await refusal(exportOwnerKey({ did, passphrase: 'long enough now' }))).code).toBe(
      Code.PermissionDenied,
    );
    const { records: tried } = await ada.client(ActionService).listRecords({});
    expect(tried[0]).toMatchObject({ action: 'ownerKey.export', state: 'refused' });
    expect(tried[0]?.detail).toMatch(/^Not exported: the role moderator is needed: owner key/u);
    ada.caller.role = 'administrator';
    expect((await refusal(exportOwnerKey({ did: 'did:key:zNo', passphrase: 'long enough now' }))).code).toBe(
      Code.NotFound,
    );
    const { pem } = await exportOwnerKey({ did, passphrase: 'long enough now' });
    const back = createPrivateKey({ key: pem, format: 'pem', passphrase: 'long enough now' });
    expect(new OwnerKey(back).did).toBe(did);
    const { records } = await ada.client(ActionService).listRecords({});
    expect(records[0]).toMatchObject({ action: 'ownerKey.export', state: 'done' });
    expect(records[0]?.detail).toContain(did);
  });

  it('are removed with a plan that says what they own, and what becomes of it', async () => {
    const { plan, result } = await act(ada, 'ownerKey.remove', { key: 'ops' });
    expect(plan.destructive).toBe(true);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['orphans', 'export-first']);
    expect(plan.warnings[0]?.text).toMatch(
      /manager\/org\/ns\/room\. .*only an operator of the manager can delete it/u,
    );
    expect(result).toMatchObject({ done: 1, inverse: '' });
    expect((await refusal(ada.plan('channel.delete', { name: 'org/ns/room' }))).code).toBe(
      Code.PermissionDenied,
    );
    expect((await refusal(ada.plan('ownerKey.remove', { key: 'ops' }))).code).toBe(Code.NotFound);
  });
});

describe('S-13: the private half of an owner key', () => {
  it('stands in no answer, no record, no file of the home and no error', async () => {
    const folder = temporaryDirectory();
    const harness = await startHarness(
      [{ name: 'manager', kind: 'channel-manager', address: manager.address, audience }],
      { home: folder },
    );
    await harness.console.ready;
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const passphrase = 'canary-of-a-passphrase';
    const encrypted = privateKey.export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase,
    }) as string;
    const answers: (string | Uint8Array)[] = [];
    const keepAnswer = (schema: DescMessage, message: object): void => {
      answers.push(toBinary(schema, message as never), toJsonString(schema, message as never));
    };
    const both = await act(harness, 'ownerKey.import', { alias: 'canary', pem: encrypted, passphrase });
    for (const item of both.items) keepAnswer(ItemResultSchema, create(ItemResultSchema, item));
    keepAnswer(PlanSchema, both.plan);
    const error = await refusal(harness.plan('ownerKey.import', { alias: 'other', pem, passphrase }));
    answers.push(error.message, JSON.stringify(error.details));
    const twice = await refusal(harness.plan('ownerKey.import', { alias: 'other', pem }));
    answers.push(twice.message);
    await act(harness, 'channel.create', { name: 'org/ns/canary', owner: 'canary' });
    const granted = await act(harness, 'grant.issue', {
      channel: 'org/ns/canary',
      member: 'org/ns/x',
      action: 'add',
    });
    const grant = granted.items[0]?.secret ?? '';
    expect(grant).not.toBe('');
    const { pem: exported } = await harness
      .client(KeyService)
      .exportOwnerKey({ did: both.items[0]?.id ?? '', passphrase: 'canary of an export' });
    answers.push(exported);
    keepAnswer(ListOwnerKeysResponseSchema, await keysOf(harness));
    keepAnswer(ListRecordsResponseSchema, await harness.client(ActionService).listRecords({}));
    for (const event of harness.events)
      answers.push(
        JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      );
    await harness.console.close();

    const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const body = (text: string) => text.split('\n')[1]?.slice(0, 40) ?? '';
    const forms = [
      seed.toString('hex'),
      seed.toString('base64'),
      seed.toString('base64url'),
      seed.toString('latin1'),
      // Whole PEM lines: base64 of the seed as it stands in PKCS#8.
      body(pem),
      body(encrypted),
      passphrase,
      'canary of an export',
    ];
    const places = new Map<string, string>();
    answers.forEach((answer, n) =>
      places.set(`answer ${n}`, Buffer.from(answer as string).toString('latin1')),
    );
    const files = filesBelow(folder);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) places.set(file, readFileSync(file).toString('latin1'));
    for (const [place, content] of places)
      for (const form of forms) expect(content.includes(form), `${place}: ${form.slice(0, 12)}`).toBe(false);
    // A grant is no key, but nobody else's either: it is told once, and kept nowhere.
    const nonce = String((JSON.parse(grant) as { nonce: unknown }).nonce);
    for (const [place, content] of places) expect(content.includes(nonce), place).toBe(false);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
