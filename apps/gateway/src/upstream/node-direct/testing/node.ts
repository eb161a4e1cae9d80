import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ConnectionListResponseSchema as ConnectionsB,
  SubscriptionListResponseSchema as RoutesB,
} from '@muster/wire/gen/slim/b/controller/v1/controller_pb.js';
import {
  ConnectionListResponseSchema as ConnectionsE,
  SubscriptionListResponseSchema as RoutesE,
} from '@muster/wire/gen/slim/e/controller/v1/controller_pb.js';
import {
  ConnectionListResponseSchema as ConnectionsH,
  RouteListResponseSchema as RoutesH,
} from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import {
  ControllerService,
  ControlMessageSchema,
} from '@muster/wire/gen/slim/node/controller/v1/controller_pb.js';
import type { ControlMessage } from '@muster/wire/gen/slim/node/controller/v1/controller_pb.js';
import { servePlane } from '@muster/practice/slim/plane/serve';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';
import { wireName } from '@muster/practice/slim/plane/plane';
import type { Speech } from '../lists.ts';

export interface ServedNode extends ServedPlane {
  /** What was asked, in order: the case of each message. */
  asked: string[];
  /** Routes it has. */
  routes: number;
  /** It says nothing more after so many parts, and does not end the channel. */
  mute: number;
}

/** Rows of one part, in all generations. */
const chunk = 100;

const config = '{"endpoint":"http://user:pass@10.0.0.2:46357","auth":{"basic":{"password":"hunter2"}}}';

/** The controller API of a node, with so many routes, as its generation writes them. */
export async function startNode(speech: Speech, routes: number): Promise<ServedNode> {
  const asked: string[] = [];
  const state = { routes, mute: Number.POSITIVE_INFINITY };
  const plane = await servePlane(speech === 'h' ? 'rust' : 'go', (router) =>
    router.service(ControllerService, {
      async *openControlChannel(messages) {
        for await (const { messageId, payload } of messages) {
          asked.push(payload.case ?? 'none');
          // A node tells its controllers what it has heard, unasked.
          yield create(ControlMessageSchema, { messageId: 'its own' });
          let parts = 0;
          for (const part of answer(speech, messageId, payload.case, state.routes)) {
            if (parts >= state.mute) await new Promise(() => {});
            parts += 1;
            yield part;
          }
        }
      },
    }),
  );
  return Object.assign(state, plane, { asked });
}

function* answer(
  speech: Speech,
  id: string,
  question: ControlMessage['payload']['case'],
  routes: number,
): Generator<ControlMessage> {
  const wrap = (kind: 'routeListResponse' | 'connectionListResponse', value: Uint8Array): ControlMessage =>
    create(ControlMessageSchema, { messageId: 'answer', payload: { case: kind, value } });
  if (question === 'connectionListRequest') {
    const entries = [
      { id: 1n, connectionType: 0, configData: '{}' },
      { id: 2n, connectionType: 1, configData: config },
    ];
    yield wrap('connectionListResponse', connections(speech, id, entries));
    return;
  }
  if (question !== 'routeListRequest') return;
  const all = Array.from({ length: routes }, (_, n) => n);
  for (let from = 0; from === 0 || from < routes; from += chunk)
    yield wrap(
      'routeListResponse',
      routePart(speech, id, all.slice(from, from + chunk), from + chunk >= routes),
    );
}

function connections(
  speech: Speech,
  originalMessageId: string,
  entries: NonNullable<MessageInitShape<typeof ConnectionsE>['entries']>,
): Uint8Array {
  if (speech === 'h')
    return toBinary(
      ConnectionsH,
      create(ConnectionsH, {
        originalMessageId,
        entries: entries.map((one) => ({
          ...one,
          connectionType: Number(one.connectionType),
          peerNodeId: 'node-b',
        })),
        done: true,
      } as MessageInitShape<typeof ConnectionsH>),
    );
  return speech === 'e'
    ? toBinary(ConnectionsE, create(ConnectionsE, { originalMessageId, entries }))
    : toBinary(ConnectionsB, create(ConnectionsB, { entries } as MessageInitShape<typeof ConnectionsB>));
}

function routePart(speech: Speech, originalMessageId: string, names: number[], done: boolean): Uint8Array {
  if (speech === 'h')
    return toBinary(
      RoutesH,
      create(RoutesH, {
        originalMessageId,
        entries: names.map((n) => ({
          name: wireName(`org/ns/app-${n}`, BigInt(n)),
          connections: [{ id: 2n, connectionType: 3, peerNodeId: 'node-b', linkId: 'l1' }],
        })),
        done,
      }),
    );
  const entries = names.map((n) => ({
    ...{ component0: 'org', component1: 'ns', component2: `app-${n}`, id: BigInt(n) },
    remoteConnections: [{ id: 2n, connectionType: 1 }],
  }));
  return speech === 'e'
    ? toBinary(RoutesE, create(RoutesE, { originalMessageId, entries }))
    : toBinary(RoutesB, create(RoutesB, { entries }));
}
