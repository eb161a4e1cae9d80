import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { ActionService, KeyService } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

/** Owner keys and grants, taken or refused by the real channel manager, and looked at with slimctl. */
let real: RealConsole;
/** Another gateway, that holds none of the keys. */
let other: RealConsole;
let guest: Participant;
const folder = mkdtempSync(join(tmpdir(), 'muster-real-keys-'));
const connection = 'channel-manager';
const channel = 'agntcy/real/owned';

beforeAll(async () => {
  real = await openRealConsole();
  other = await openRealConsole();
  const { nodeA, sharedSecretFile } = real.stack.slim;
  guest = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/real/guest');
});
afterAll(async () => {
  await guest.stop();
  await other.close();
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

const manager = async (...args: string[]): Promise<string> =>
  real.slimctl(['channel-manager', '--server', real.stack.slim.channelManager, ...args]);
const didOf = async (alias: string) => {
  const { keys } = await real.client(KeyService).listOwnerKeys({});
  return keys.find((key) => key.alias === alias)?.did ?? '';
};
/** The secret that an action told, or the reason of its first item. */
const told = async (who: RealConsole, action: string, input: JsonObject, wait = 0) => {
  const plan = await who.plan(action, input);
  await new Promise((resolve) => setTimeout(resolve, wait));
  let secret = '';
  let reason = '';
  const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
  for await (const { item } of who.client(ActionService).apply({ digest: plan.digest, idempotencyKey })) {
    secret ||= item?.secret ?? '';
    reason ||= item?.reason ?? '';
  }
  return { secret, reason };
};
const members = async () => manager('list-participants', channel);

describe('keys that this gateway keeps', () => {
  it('are made and renamed, and own a channel that slimctl lists as theirs', async () => {
    await real.act('ownerKey.create', { alias: 'first' });
    await real.act('ownerKey.rename', { key: 'first', alias: 'ops' });
    await real.act('channel.create', { connection, name: channel, owner: 'ops', ttl_seconds: 3600 });
    const did = await didOf('ops');
    const list = await manager('list-channels');
    expect(list).toContain(channel);
    expect(list).toContain(did);
    const { channels } = await real.groups.listChannels({});
    const made = channels.find(({ name }) => name === channel);
    expect(made).toMatchObject({ owner: did, ownedByUs: true, ownerAlias: 'ops' });
    expect(Number(made?.expiresAt?.seconds ?? 0n)).toBeGreaterThan(Date.now() / 1000 + 3000);
  });

  it('are exported so that openssl and slimctl can use them, and imported so that slimctl’s are used here', async () => {
    const passphrase = 'correct horse battery';
    const { pem } = await real.client(KeyService).exportOwnerKey({ did: await didOf('ops'), passphrase });
    const plain = createPrivateKey({ key: pem, passphrase }).export({ format: 'pem', type: 'pkcs8' });
    const file = join(folder, 'ops.pem');
    writeFileSync(file, plain, { mode: 0o600 });
    expect((await manager('did-key', '--key', file)).trim()).toContain(await didOf('ops'));

    const theirs = join(folder, 'theirs.pem');
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(theirs, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    const name = 'agntcy/real/of-slimctl';
    await manager('create-channel', '--key', theirs, '--audience', real.stack.slim.audience, name);
    await expect(real.plan('channel.delete', { connection, name })).rejects.toThrow(/does not hold/u);
    const wrong = await told(real, 'channel.delete', { connection, name, key: 'ops' });
    expect(wrong.reason).toMatch(/signature does not verify.*owns the channel, or by an operator/u);
    await real.act('ownerKey.import', { alias: 'theirs', pem: readFileSync(theirs, 'utf8') });
    await real.act('channel.delete', { connection, name });
    expect(await manager('list-channels')).not.toContain(name);
    await real.act('ownerKey.remove', { key: 'theirs' });
  });
});

describe('a grant', () => {
  const issue = async (action: 'add' | 'delete', seconds = 600) =>
    (
      await told(real, 'grant.issue', {
        connection,
        channel,
        member: guest.name,
        action,
        valid_seconds: seconds,
      })
    ).secret;
  const invite = (grant?: string) => ({
    connection,
    channel,
    member: guest.name,
    ...(grant === undefined ? {} : { grant }),
  });

  it('lets another gateway invite and remove, once each; without one it is refused, and that is explained', async () => {
    const refused = await told(other, 'member.invite', invite());
    expect(refused.reason).toMatch(/requires a grant from its owner\. .*get a grant from the owner/u);
    const add = await issue('add');
    await other.act('member.invite', invite(add));
    await eventually(30, async () => (await members()).includes(guest.name));
    await other.act('member.remove', invite(await issue('delete')));
    await eventually(30, async () => !(await members()).includes(guest.name));
    const replayed = await told(other, 'member.invite', invite(add));
    expect(replayed.reason).toMatch(/already been used\. A grant is good for one change/u);
  });

  it('is taken by slimctl from its file', async () => {
    const file = join(folder, 'grant.json');
    writeFileSync(file, await issue('add'));
    await manager('add-participant', '--grant-file', file, channel, guest.name);
    await eventually(30, async () => (await members()).includes(guest.name));
    await real.act('member.remove', invite());
    await eventually(30, async () => !(await members()).includes(guest.name));
  });

  it('that has expired on the way is refused by the manager, and that is explained', async () => {
    const short = await issue('add', 3);
    const late = await told(other, 'member.invite', invite(short), 5000);
    expect(late.reason).toMatch(/grant has expired\. The owner has to issue another one/u);
    await expect(other.plan('member.invite', invite(short))).rejects.toThrow(/it expired at/u);
  });
});

describe('a configuration with the audience of another manager', () => {
  it('is told the right one by the manager, and says where to put it', async () => {
    const { audience: localName } = real.stack.slim;
    const file = join(folder, 'muster.yaml');
    const text = readFileSync(real.stack.musterConfig, 'utf8');
    expect(text).toContain(`audience: ${localName}`);
    writeFileSync(file, text.replace(`audience: ${localName}`, 'audience: agntcy/of/another'));
    const wrong = await openRealConsole(file);
    try {
      const { reason } = await told(wrong, 'channel.create', { connection, name: 'agntcy/real/nowhere' });
      expect(reason).toContain(`Signed requests to it are for the audience ${localName}`);
      expect(await manager('list-channels')).not.toContain('agntcy/real/nowhere');
    } finally {
      await wrong.close();
    }
  });
});

describe('what a kept key owns', () => {
  it('is said before the key is removed, and is deleted with it while it is there', async () => {
    const plan = await real.plan('ownerKey.remove', { key: 'ops' });
    expect(plan.warnings[0]?.text).toContain(`${connection}/${channel}`);
    await real.act('channel.delete', { connection, name: channel });
    expect(await manager('list-channels')).not.toContain(channel);
    await real.act('ownerKey.remove', { key: 'ops' });
  });
});
