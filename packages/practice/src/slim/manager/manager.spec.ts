import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { afterAll, expect, it } from 'vitest';
import { startPracticeManager } from './manager.ts';
import { newOwner } from './owners.ts';

let now = 1_800_000_000;
const manager = await startPracticeManager({ now: () => new Date(now * 1000) });
const client = createClient(ChannelManagerService, createGrpcTransport({ baseUrl: manager.address }));
afterAll(() => manager.close());

it('deletes a channel that has lived its time', async () => {
  const wanted = { channelName: 'a/b/short', mlsEnabled: true, ttlSeconds: 60n };
  expect(await client.createChannel(wanted)).toMatchObject({ success: true });
  now += 59;
  expect((await client.listChannels({})).channels).toMatchObject([{ expiresAt: 1_800_000_060n }]);
  expect((await client.createChannel(wanted)).errorMsg).toBe('channel a/b/short already exists');
  now += 1;
  expect((await client.listParticipants({ channelName: 'a/b/short' })).errorMsg).toBe(
    'channel a/b/short not found',
  );
  expect(await client.createChannel(wanted)).toMatchObject({ success: true });
  now -= 60;
});

it('takes a grant of the practice owners once, for what it is for', async () => {
  const owner = newOwner();
  now = Math.floor(Date.now() / 1000);
  const channel = { callback: '', mls: true, expiresAt: undefined, members: [] };
  manager.channels.set('a/b/owned', { ...channel, owner: owner.did });
  const grant = owner.grant('a/b/owned', 'a/b/bob', 'add');
  const add = (participantName: string) =>
    client.addParticipant({ channelName: 'a/b/owned', participantName, grant });
  expect((await add('a/b/eve')).errorMsg).toBe('grant does not authorize this change');
  expect(await add('a/b/bob')).toMatchObject({ success: true });
  expect((await add('a/b/bob')).errorMsg).toBe('grant has already been used');
  const forged = newOwner().grant('a/b/owned', 'a/b/bob', 'add');
  expect(
    (await client.addParticipant({ channelName: 'a/b/owned', participantName: 'a/b/bob', grant: forged }))
      .errorMsg,
  ).toMatch(/^invalid grant: /u);
});
