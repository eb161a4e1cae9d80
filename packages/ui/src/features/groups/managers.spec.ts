import { ConnectionKind, ConnectionSchema, ConnectionState } from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { managersOf } from './managers.ts';

const connection = (init: MessageInitShape<typeof ConnectionSchema>) =>
  create(ConnectionSchema, { state: ConnectionState.READY, ...init });

it('managersOf offers nodes and channel managers, with why one cannot be used', () => {
  const managers = managersOf([
    connection({ name: 'spire', kind: ConnectionKind.SPIRE_SERVER }),
    connection({ name: 'node', kind: ConnectionKind.SLIM_NODE, description: 'SLIM node' }),
    connection({
      name: 'bare-node',
      kind: ConnectionKind.SLIM_NODE,
      capabilities: [{ name: 'moderate', available: false, reason: 'The worker is not running.' }],
    }),
    connection({
      name: 'manager',
      kind: ConnectionKind.CHANNEL_MANAGER,
      state: ConnectionState.FAILED,
      reason: 'refused',
    }),
    connection({ name: 'new', kind: ConnectionKind.CHANNEL_MANAGER, state: ConnectionState.CONNECTING }),
  ]);
  expect(managers.map(({ name, problem }) => [name, problem])).toEqual([
    ['node', undefined],
    ['bare-node', 'The worker is not running.'],
    ['manager', 'refused'],
    ['new', 'It is still being connected.'],
  ]);
});
