import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartModerator } from '../../upstream/slim-node/port.ts';
import { startHarness, temporaryDirectory } from '../../upstream/testing/harness.ts';
import type { Harness } from '../../upstream/testing/harness.ts';

/** A console with all places that a group can be in: a control plane, a channel manager, and a session of its own. */
export async function startGroupPlaces(places: {
  plane: { address: string };
  manager: { address: string };
  /** What signed requests to the manager are for. */
  audience: string;
  /** Name of the moderator. */
  own: string;
  startModerator: StartModerator;
}): Promise<Harness> {
  const { plane, manager, audience, own, startModerator } = places;
  const sharedSecretFile = join(temporaryDirectory(), 'secret');
  writeFileSync(sharedSecretFile, 'x'.repeat(32));
  const ownerKeyFile = join(temporaryDirectory(), 'owner.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(ownerKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const harness = await startHarness(
    [
      { name: 'plane', kind: 'slim-control-plane', address: plane.address },
      { name: 'manager', kind: 'channel-manager', address: manager.address, ownerKeyFile, audience },
      {
        name: 'node',
        kind: 'slim-node',
        address: 'http://127.0.0.1:1',
        moderator: { name: own, sharedSecretFile },
      },
    ],
    { startModerator },
  );
  await harness.console.ready;
  return harness;
}
