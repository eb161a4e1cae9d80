import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Mls, Presence } from '@muster/api';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, temporaryDirectory } from '../testing/harness.ts';
import type { Harness } from '../testing/harness.ts';

const audience = 'agntcy/ns/channel-manager';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const channels = new Map<string, { owner: string; members: string[] }>();
const proofs: Record<string, unknown>[] = [];

/** Checks as the real one does: fields joined by NUL, Ed25519 by the key in question. */
function proven(
  bytes: Uint8Array | undefined,
  fields: (proof: Record<string, unknown>) => unknown[],
): boolean {
  if (!bytes) return false;
  const proof = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
  proofs.push(proof);
  const text = fields(proof).map(String).join('\0');
  return verify(null, Buffer.from(text), publicKey, Buffer.from(String(proof['signature']), 'base64'));
}

const server = createServer(
  connectNodeAdapter({
    connect: false,
    grpcWeb: false,
    routes: (router) =>
      router.service(ChannelManagerService, {
        listChannels: () => ({
          success: true,
          channelName: [...channels.keys()],
          channels: [...channels].map(([channelName, { owner }]) => ({
            channelName,
            ...(owner === '' ? {} : { owner }),
          })),
        }),
        listParticipants: ({ channelName }) => ({
          success: true,
          participantName: channels.get(channelName)?.members.map((name) => `${name}/0-1-2`) ?? [],
        }),
        createChannel(request) {
          if (request.ttlSeconds === 0n) return { success: false, errorMsg: 'ttl-seconds must be positive' };
          const ok = proven(request.ownerProof, (proof) => [
            'SLIM-CHANNEL-CREATE/1',
            audience,
            request.channelName,
            proof['owner'],
            request.mlsEnabled,
            request.ttlSeconds ?? '',
            '',
            proof['not_after'],
            proof['nonce'],
          ]);
          if (!ok) return { success: false, errorMsg: 'bad proof' };
          channels.set(request.channelName, { owner: String(proofs.at(-1)?.['owner']), members: [] });
          return { success: true };
        },
        deleteChannel(request) {
          const ok = proven(request.ownerProof, (proof) => [
            'SLIM-CHANNEL-DELETE/1',
            audience,
            request.channelName,
            proof['not_after'],
            proof['nonce'],
          ]);
          return ok && channels.delete(request.channelName)
            ? { success: true }
            : { success: false, errorMsg: 'no' };
        },
        addParticipant(request) {
          if (request.participantName === 'a/b/absent')
            return {
              success: false,
              errorMsg: 'failed to invite participant: message send retries exhausted\u001b[0m',
            };
          const ok = proven(request.grant, (proof) => [
            'SLIM-CHANNEL-GRANT/1',
            request.channelName,
            request.participantName,
            'add',
            'member',
            proof['not_after'],
            proof['nonce'],
          ]);
          if (ok) channels.get(request.channelName)?.members.push(request.participantName);
          return { success: ok };
        },
        deleteParticipant(request) {
          const ok = proven(request.grant, (proof) => [
            'SLIM-CHANNEL-GRANT/1',
            request.channelName,
            request.participantName,
            'delete',
            'member',
            proof['not_after'],
            proof['nonce'],
          ]);
          const channel = channels.get(request.channelName);
          if (channel) channel.members = channel.members.filter((name) => name !== request.participantName);
          return { success: ok };
        },
      }),
  }),
);
let harness: Harness;

beforeAll(async () => {
  server.on('session', (session) => session.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ownerKeyFile = join(temporaryDirectory(), 'owner.pem');
  writeFileSync(ownerKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  channels.set('a/b/theirs', { owner: 'did:key:zOther', members: ['a/b/app'] });
  harness = await startHarness([
    { name: 'manager', kind: 'channel-manager', address, ownerKeyFile, audience },
  ]);
  await harness.console.ready;
});

afterAll(async () => {
  await harness.console.close();
  server.close();
});

describe('a channel manager', () => {
  it('is told by generation, and what it cannot do is said with the reason', async () => {
    const { connections } = await harness.connections.listConnections({});
    expect(connections[0]).toMatchObject({ state: 2, description: 'SLIM channel manager 3.3 or later' });
    const capabilities = new Map(
      connections[0]?.capabilities.map(({ name, available, reason }) => [name, available ? '' : reason]),
    );
    expect(capabilities.get('channels.signed-requests')).toBe('');
    expect(capabilities.get('messages')).toMatch(/passes no messages/u);
  });

  it('gets signed requests, and the owner is read back', async () => {
    const plan = await harness.plan('channel.create', {
      name: 'a/b/ours',
      members: ['a/b/x', 'a/b/absent'],
      ttl_seconds: 3600,
    });
    expect(plan.commands[0]?.line).toMatch(
      /^slimctl channel-manager create-channel --server 127\.0\.0\.1:\d+ --key \S+owner\.pem --audience agntcy\/ns\/channel-manager --ttl-seconds 3600 a\/b\/ours$/u,
    );
    const { items, result } = await harness.apply(plan.digest);
    expect(items.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [ItemOutcome.DONE, ''],
      [ItemOutcome.DONE, ''],
      // A refusal is an RPC that succeeded; the words are the server's, escaped.
      [
        ItemOutcome.REFUSED,
        'The server says: failed to invite participant: message send retries exhausted\\u{1b}[0m',
      ],
    ]);
    expect(result.inverseInput).toEqual({ connection: 'manager', name: 'a/b/ours' });
    expect(channels.get('a/b/ours')?.owner).toMatch(/^did:key:z6Mk/u);
    expect(proofs.at(0)).toMatchObject({ mls_enabled: true, ttl_seconds: 3600, audience });
    expect(new Set(proofs.map((proof) => proof['nonce'])).size).toBe(proofs.length);

    const listed = await harness.groups.listChannels({});
    expect(
      listed.channels.map(({ name, ownedByUs, mls, members, lockedReason }) => [
        name,
        ownedByUs,
        mls,
        members,
        lockedReason,
      ]),
    ).toEqual([
      ['a/b/ours', true, Mls.UNKNOWN, 1, ''],
      ['a/b/theirs', false, Mls.UNKNOWN, 1, 'It is owned by a key this gateway does not hold.'],
    ]);
    const { members } = await harness.groups.listMembers({ connection: 'manager', channel: 'a/b/ours' });
    expect(members[0]).toMatchObject({ name: 'a/b/x', instance: '0-1-2', presence: Presence.UNKNOWN });
    expect(members[0]?.presenceReason).toMatch(/does not tell who is online/u);
  });

  it('signs grants and deletions', async () => {
    const removal = await harness.plan('member.remove', { channel: 'a/b/ours', member: 'a/b/x' });
    expect((await harness.apply(removal.digest)).result.done).toBe(1);
    const back = await harness.plan('member.invite', { channel: 'a/b/ours', member: 'a/b/x' });
    expect((await harness.apply(back.digest)).result.done).toBe(1);
    const deletion = await harness.plan('channel.delete', { name: 'a/b/ours' });
    expect((await harness.apply(deletion.digest)).result.done).toBe(1);
    expect(channels.has('a/b/ours')).toBe(false);
  });

  it('refuses at planning what the manager would refuse', async () => {
    const codeOf = (promise: Promise<unknown>) =>
      promise.then(
        () => 0,
        (error: unknown) => (error as ConnectError).code,
      );
    expect(await codeOf(harness.plan('channel.delete', { name: 'a/b/theirs' }))).toBe(Code.PermissionDenied);
    expect(await codeOf(harness.plan('member.invite', { channel: 'a/b/theirs', member: 'a/b/y' }))).toBe(
      Code.PermissionDenied,
    );
    expect(await codeOf(harness.plan('channel.create', { name: 'a/b/theirs' }))).toBe(Code.AlreadyExists);
    expect(await codeOf(harness.plan('channel.create', { name: 'a/b' }))).toBe(Code.InvalidArgument);
    expect(await codeOf(harness.plan('message.send', { channel: 'a/b/theirs', text: 'x' }))).toBe(
      Code.InvalidArgument,
    );
    expect(await codeOf(harness.groups.listMessages({ connection: 'manager', channel: 'a/b/theirs' }))).toBe(
      Code.Unimplemented,
    );
  });
});
