import { generateKeyPairSync } from 'node:crypto';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';

const connection = 'channel-manager';
const callback = 'muster/practice/moderator-approval';

/** Pictures of approvals.md, from the channel manager of the practice network. */
export async function approvals({ at, act, view, page, take }) {
  await at('approvals');
  await page
    .getByText(callback)
    .or(page.getByRole('listitem', { name: /^Add/ }))
    .first()
    .waitFor();
  // Made with a key that is gone from here afterwards: it can only be denied.
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  await act('ownerKey.import', { alias: 'elsewhere', pem });
  const name = 'acme/ops/archive';
  await act('channel.create', { connection, name, owner: 'elsewhere', owner_callback_name: callback });
  await act('ownerKey.remove', { key: 'elsewhere' });
  // Whom the practice network has let ask meanwhile has an answer.
  const { approvals: waiting = [] } = await view('approvals', 'states=waiting');
  for (const { id } of waiting) await act('approval.decide', { id, approve: false, reason: 'Not this week' });

  const { connections } = await view('connections');
  const baseUrl = connections.find((one) => one.name === connection).address;
  const manager = createClient(ChannelManagerService, createGrpcTransport({ baseUrl }));
  const asked = [
    manager.addParticipant({
      channelName: 'acme/ops/war-room',
      participantName: 'acme/payments/ledger-agent',
    }),
    manager.addParticipant({ channelName: name, participantName: 'acme/ops/pager-bot' }),
  ];
  const ledger = page.getByRole('listitem', { name: /ledger-agent/ });
  await ledger.getByText('key of channel-manager').waitFor();
  await page
    .getByRole('listitem', { name: /pager-bot to acme\/ops\/archive/ })
    .getByText(/can only be denied/)
    .waitFor();
  await take('approvals');
  // What nobody answers ends by itself.
  await Promise.allSettled(asked);
}
