import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { NetworkLink, NetworkNode, Route } from '@muster/api';
import { csvOf, toDate } from '../../components/index.ts';
import { linkStatus, nodeStatus, routeStatus, routeTruth } from './words.ts';

const at = (moment: Timestamp | undefined): string => toDate(moment)?.toISOString() ?? '';
const count = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** Words as the list shows them; what is not known is an empty cell. */
export const routesCsv = (routes: readonly Route[]): string =>
  csvOf([
    [
      'connection',
      'name',
      'instance',
      'from',
      'to',
      'to_endpoint',
      'status',
      'status_message',
      'on_the_node',
      'link_id',
      'updated',
    ],
    ...routes.map((one) => [
      one.connection,
      one.name,
      one.instance,
      one.source,
      one.destination,
      one.destinationEndpoint,
      routeStatus(one).word,
      one.statusMessage,
      routeTruth(one).word,
      one.linkId,
      at(one.lastUpdated),
    ]),
  ]);

export const nodesCsv = (nodes: readonly NetworkNode[]): string =>
  csvOf([
    [
      'connection',
      'node',
      'domain',
      'status',
      'since',
      'last_connected',
      'routes',
      'links',
      'external_endpoints',
    ],
    ...nodes.map((one) => [
      one.connection,
      one.id,
      one.domain,
      nodeStatus(one).word,
      at(one.statusSince),
      at(one.lastSeen),
      count(one.routes),
      count(one.links),
      one.endpoints.flatMap(({ externalEndpoint }) => externalEndpoint || []).join(' '),
    ]),
  ]);

export const linksCsv = (links: readonly NetworkLink[]): string =>
  csvOf([
    [
      'connection',
      'between',
      'and',
      'dialled_at',
      'segments',
      'status',
      'status_message',
      'changes_seen',
      'link_id',
      'updated',
    ],
    ...links.map((one) => [
      one.connection,
      one.source,
      one.destination,
      one.destinationEndpoint,
      one.segments.join(' '),
      linkStatus(one).word,
      one.statusMessage,
      String(one.changes),
      one.linkId,
      at(one.lastUpdated),
    ]),
  ]);
