import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ExportOwnerKeyResponseSchema,
  type KeyService,
  ListOwnerKeysResponseSchema,
  OwnerKeySchema,
  Severity,
} from '@muster/api';
import type { Warning } from '@muster/api';
import { callerKey, ROLES } from '../caller.ts';
import type { Caller } from '../caller.ts';
import { ownedChannels } from '../owner-keys/owned.ts';
import { personOf } from '../owner-keys/person.ts';
import type { OwnerKeyRow } from '../owner-keys/port.ts';
import { refuse } from '../upstream/refuse.ts';
import { bounded } from './context.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';

const mostChannels = 100;
const shortestPassphrase = 12;

export interface KeyContext extends ViewContext {
  /** The record of who took a key out of this gateway. */
  onRecord: () => void;
}

export function keyService(
  context: KeyContext,
): Pick<ServiceImpl<typeof KeyService>, 'listOwnerKeys' | 'exportOwnerKey'> {
  return {
    async listOwnerKeys(_request, { values }) {
      const { ownerKeys, connections } = context;
      await ownerKeys.refresh();
      const owned = await ownedChannels(connections);
      const caller = values.get(callerKey);
      return create(ListOwnerKeysResponseSchema, {
        keys: ownerKeys.list().map((row) => {
          const channels = owned.of(row.did).map(({ connection, channel }) => `${connection}/${channel}`);
          return create(OwnerKeySchema, {
            did: row.did,
            alias: row.alias,
            source: row.source,
            ...(row.createdAt ? { createdAt: timestampFromDate(row.createdAt) } : {}),
            createdBy: row.createdBy,
            connections: [...row.connections],
            channels: channels.slice(0, mostChannels),
            channelsTotal: channels.length,
            lockedReason: row.lockedReason,
            exportable: exportProblem(row, caller) === '',
          });
        }),
        protection: ownerKeys.protection(),
        warnings: listWarnings(context, owned.unread),
      });
    },

    async exportOwnerKey({ did, passphrase }, { values }) {
      const { ownerKeys } = context;
      bounded('did', did, 255);
      bounded('passphrase', passphrase, 1024);
      const row = ownerKeys.list().find((one) => one.did === did);
      if (!row) throw new ConnectError('did: this gateway holds no such key.', Code.NotFound);
      const caller = values.get(callerKey);
      const problem = exportProblem(row, caller);
      if (problem !== '') {
        await note(context, row, caller, ['refused', `Not exported: ${problem}`]).catch(() => {});
        throw new ConnectError(`did: ${problem}`, Code.PermissionDenied);
      }
      if ([...passphrase].length < shortestPassphrase)
        throw new ConnectError(
          `passphrase: at least ${shortestPassphrase} characters are needed: whoever finds the file can try as many as they like.`,
          Code.InvalidArgument,
        );
      try {
        const pem = await ownerKeys.exported(did, passphrase);
        // Before it leaves: a copy that nobody knows of must not exist.
        await note(context, row, caller, ['done', 'Exported, encrypted by a passphrase']);
        return create(ExportOwnerKeyResponseSchema, { pem });
      } catch (error) {
        throw refuse('Exporting the key', 'this gateway', error);
      }
    },
  };
}

/** Why this caller does not get it, encrypted or not; empty: they do. */
function exportProblem({ source, createdBy, lockedReason }: OwnerKeyRow, caller: Caller): string {
  if (source === 'configured') return 'it is a file of the configuration: copy that.';
  if (lockedReason !== '') return lockedReason;
  if (createdBy !== personOf(caller)) return `only ${createdBy}, who made or imported it, may export it.`;
  return ROLES.indexOf(caller.role) < ROLES.indexOf('moderator') ? 'the role moderator is needed.' : '';
}

async function note(
  { inventory, now, onRecord }: KeyContext,
  row: OwnerKeyRow,
  caller: Caller,
  [state, what]: readonly [state: 'done' | 'refused', what: string],
): Promise<void> {
  const { session, client, role } = caller;
  try {
    await inventory.store.appendAudit({
      record: randomUUID(),
      at: now().getTime(),
      action: 'ownerKey.export',
      title: 'Export 1 owner key',
      session,
      client,
      role,
      state,
      detail: `${what.replace(/\.$/u, '')}: owner key ${row.alias} (${row.did})`,
      digest: '',
    });
  } catch {
    throw new ConnectError(
      'The record of it could not be written, so nothing was exported. Look at the disk of this gateway.',
      Code.FailedPrecondition,
    );
  }
  onRecord();
}

function listWarnings({ ownerKeys, connections }: KeyContext, unread: readonly string[]): Warning[] {
  const out: Warning[] = [];
  const problem = ownerKeys.changeProblem();
  if (problem !== '') out.push(warn('keys-locked', problem));
  if (connections.managers.length === 0)
    out.push(
      warn(
        'no-manager',
        'No channel manager is connected: keys can be made and kept, and there is no channel for them to own yet.',
        Severity.INFO,
      ),
    );
  if (unread.length > 0)
    out.push(
      warn(
        'channels-unread',
        `The channels of ${unread.join(', ')} cannot be read now: what the keys own there is missing.`,
      ),
    );
  return out;
}
