import { generateKeyPairSync } from 'node:crypto';
import { ConnectError } from '@connectrpc/connect';
import { ActionService, KeyService } from '@muster/api';
import { expect, it } from 'vitest';
import { personOf } from '../owner-keys/person.ts';
import { Keyring } from '../owner-keys/keyring.ts';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { startHarness, temporaryDirectory } from '../upstream/testing/harness.ts';

it('S-26: a key leaves to who made it only, whatever their role, and each try is on the record', async () => {
  const home = temporaryDirectory();
  const ring = await Keyring.open({ home, practice: false, now: () => new Date(), holders: () => [] });
  const [theirs, ours] = [0, 1].map(() => new OwnerKey(generateKeyPairSync('ed25519').privateKey));
  if (!theirs || !ours) throw new Error('no keys');
  await ring.add({ key: theirs, alias: 'theirs', by: 'somebody else' });
  await ring.add({
    key: ours,
    alias: 'ours',
    by: personOf({ session: '', client: 'browser', role: 'viewer' }),
  });
  ring.close();
  const harness = await startHarness([], { home });
  await harness.console.ready;
  const { exportOwnerKey, listOwnerKeys } = harness.client(KeyService);
  try {
    const { keys } = await listOwnerKeys({});
    expect(keys.map(({ alias, exportable }) => [alias, exportable])).toEqual([
      ['ours', true],
      ['theirs', false],
    ]);
    const passphrase = 'a canary of a passphrase';
    const error = await exportOwnerKey({ did: theirs.did, passphrase }).then(
      () => undefined,
      (reason: unknown) => ConnectError.from(reason),
    );
    expect(error?.rawMessage).toMatch(/only somebody else, who made or imported it, may export it/u);
    expect((await exportOwnerKey({ did: ours.did, passphrase })).pem).toMatch(/^-----BEGIN ENCRYPTED/u);
    const { records } = await harness.client(ActionService).listRecords({});
    expect(records.map(({ action, state }) => [action, state])).toEqual([
      ['ownerKey.export', 'done'],
      ['ownerKey.export', 'refused'],
    ]);
    expect(records.map(({ detail }) => detail).join()).not.toContain('canary');
  } finally {
    await harness.console.close();
  }
});
