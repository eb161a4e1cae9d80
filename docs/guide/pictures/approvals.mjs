import { mkdtempSync, rmSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { startGatewayProcess } from '../../../e2e/gateway.ts';
import { startStack, stopStack } from '../../../realstack/start.ts';

const callback = 'agntcy/muster/moderator-approval';

/** Pictures of approvals.md. Only a channel manager asks: this takes the real stack, which it starts and stops. */
export async function approvals({ browser, takeOf }) {
  const base = mkdtempSync(join(tmpdir(), 'muster-pictures-'));
  const dir = join(base, 'r');
  const { slim, musterConfig } = await startStack({ dir });
  const gateway = await startGatewayProcess(musterConfig);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  try {
    await page.goto(await gateway.open());
    await page.getByRole('navigation').waitFor();
    await page.goto(`${gateway.origin}/approvals`);
    await page.getByText(callback).waitFor();

    const act = (input) => planned(gateway, 'channel.create', { connection: 'channel-manager', ...input });
    await act({ name: 'agntcy/ops/fleet', owner_callback_name: callback });
    // Made with a key that is gone from here afterwards: it can only be denied.
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await planned(gateway, 'ownerKey.import', { alias: 'elsewhere', pem });
    await act({ name: 'agntcy/ops/archive', owner: 'elsewhere', owner_callback_name: callback });
    await planned(gateway, 'ownerKey.remove', { key: 'elsewhere' });

    const manager = createClient(
      ChannelManagerService,
      createGrpcTransport({ baseUrl: slim.channelManager }),
    );
    const asked = [
      manager.addParticipant({ channelName: 'agntcy/ops/fleet', participantName: 'agntcy/ops/erin' }),
      manager.addParticipant({ channelName: 'agntcy/ops/archive', participantName: 'agntcy/ops/frank' }),
    ];
    const erin = page.getByRole('listitem', { name: /ops\/erin/ });
    await erin.getByText('key of channel-manager').waitFor();
    await page
      .getByRole('listitem', { name: /ops\/frank/ })
      .getByText(/can only be denied/)
      .waitFor();
    await takeOf(page, 'approvals');
    // What nobody answers ends by itself.
    await Promise.allSettled(asked);
  } finally {
    await page.close();
    await gateway.stop();
    await stopStack(dir);
    rmSync(base, { recursive: true, force: true });
  }
}

async function planned(gateway, action, input) {
  const plan = await gateway.muster(['plan', action, '--input', '-', '--json'], JSON.stringify(input));
  if (plan.code !== 0) throw new Error(plan.stderr);
  const { code, stderr } = await gateway.muster(['apply', JSON.parse(plan.stdout).digest]);
  if (code !== 0) throw new Error(stderr);
}
