import { KeyService, OwnerKeySchema, Severity } from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';

export const OPS_DID = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
/** A passphrase that the fake refuses. */
export const REFUSED_PASSPHRASE = 'sentinel: refuse this';

const key = (init: MessageInitShape<typeof OwnerKeySchema>) => create(OwnerKeySchema, init);

const keys = () => [
  key({
    did: OPS_DID,
    alias: 'operations',
    source: 'kept',
    createdAt: timestampFromMs(Date.now() - 86_400_000),
    createdBy: 'ada',
    channels: ['channel-manager/agntcy/sec/audit'],
    channelsTotal: 1,
    exportable: true,
  }),
  key({
    did: 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH',
    alias: 'field\u202etfel',
    source: 'kept',
    createdAt: timestampFromMs(Date.now() - 3_600_000),
    createdBy: 'bob',
    lockedReason: 'The passphrase (ownerKeys.passphraseFile) is not the one that they were encrypted with.',
  }),
  key({
    did: 'did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf',
    alias: 'key of channel-manager',
    source: 'configured',
    connections: ['channel-manager'],
  }),
];

/** Three keys: one that owns a channel, one that is locked, one of the configuration. */
export function keyRoutes({ rpc }: ConnectRouter): void {
  rpc(KeyService.method.listOwnerKeys, () => ({
    keys: keys(),
    protection: 'Encrypted on the disk by a key that scrypt makes of a passphrase.',
    warnings: [
      {
        code: 'channels-unread',
        text: 'The channels of manager-2 cannot be read now: what the keys own there is missing.',
        severity: Severity.WARNING,
      },
    ],
  }));
  rpc(KeyService.method.exportOwnerKey, ({ passphrase }) => {
    if (passphrase === REFUSED_PASSPHRASE)
      throw new ConnectError('did: only bob, who made or imported it, may export it.', Code.PermissionDenied);
    return { pem: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMA==\n-----END ENCRYPTED PRIVATE KEY-----\n' };
  });
}
