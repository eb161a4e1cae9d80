import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
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
import { connectionB, connectionE, subscribed } from '../control-plane/families-b-e.ts';
import { connectionOf, nodeRouteOf } from '../control-plane/family-h.ts';
import type { NodeConnectionRow, NodeRouteRow } from '../control-plane/port.ts';

/** Whose lists these are: up to 0.6 without the id of the question, up to 1.4 without an end, from 2.0 on with both. */
export type Speech = 'b' | 'e' | 'h';

/** One answer of a list, before its rows are read. */
export interface Part {
  /** Undefined: it has no rows that would tell. */
  speech: Speech | undefined;
  /** Id of the question it answers; empty where the generation says none. */
  answers: string;
  rows: number;
  /** The node says that nothing follows. */
  done: boolean;
  bytes: Uint8Array;
}

/** Text never begins with a control character; a message always does: with the tag of its first field. */
const isText = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) >= 0x20;

/** Looks at an answer as far as all generations write it: field 1, 2 and 3. */
export function partOf(bytes: Uint8Array): Part {
  const reader = new BinaryReader(bytes);
  const found: Record<1 | 2, Uint8Array[]> = { 1: [], 2: [] };
  let done = false;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if ((field === 1 || field === 2) && type === WireType.LengthDelimited) found[field].push(reader.bytes());
    else if (field === 3 && type === WireType.Varint) done = reader.bool();
    else reader.skip(type, field);
  }
  const [first] = found[1];
  const numbered = first !== undefined && isText(first);
  const rows = numbered || found[2].length > 0 ? found[2] : found[1];
  // One of nothing but default values is empty, and tells nothing.
  const row = rows.find(({ length }) => length > 0);
  return {
    speech: done
      ? 'h'
      : row === undefined
        ? numbered
          ? 'e'
          : undefined
        : rows === found[1]
          ? 'b'
          : speechOf(row),
    answers: numbered ? new TextDecoder().decode(first) : '',
    rows: rows.length,
    done,
    bytes,
  };
}

/** A route of 2.0–3.4 begins with a name, which is a message; one of 0.7–1.4 with the text of its first component. */
function speechOf(row: Uint8Array): Speech | undefined {
  const reader = new BinaryReader(row);
  const [field, type] = reader.tag();
  // A connection: both write the same, as far as both write it.
  if (field !== 1 || type !== WireType.LengthDelimited) return undefined;
  return isText(reader.bytes()) ? 'e' : 'h';
}

export function routesOf({ bytes }: Part, speech: Speech): NodeRouteRow[] {
  if (speech === 'h') return fromBinary(RoutesH, bytes).entries.map(nodeRouteOf);
  return speech === 'e'
    ? fromBinary(RoutesE, bytes).entries.map(subscribed)
    : fromBinary(RoutesB, bytes).entries.map(subscribed);
}

export function connectionsOf({ bytes }: Part, speech: Speech): NodeConnectionRow[] {
  if (speech === 'h') return fromBinary(ConnectionsH, bytes).entries.map(connectionOf);
  return speech === 'e'
    ? fromBinary(ConnectionsE, bytes).entries.map((one) => connectionE(one, 'e'))
    : fromBinary(ConnectionsB, bytes).entries.map(connectionB);
}
