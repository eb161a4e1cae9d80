import type { Transport } from '@connectrpc/connect';
import { BasePlane } from '../control-plane/plane.ts';
import type {
  ControlPlaneAbilities,
  NodeConnectionRow,
  NodeRouteRow,
  NodeRow,
} from '../control-plane/port.ts';
import { askNode } from './ask.ts';
import { connectionsOf, routesOf } from './lists.ts';
import type { Part, Speech } from './lists.ts';

const readOnly = 'A node is only read directly: what it should have is for its control plane to say.';

/** What one node alone does not have. */
const lacking: ControlPlaneAbilities = {
  'routes.read': 'A node keeps no list of what it should have: it tells what it has.',
  'routes.write': readOnly,
  'connections.write': readOnly,
  'nodes.deregister': readOnly,
  'links.read': 'Links are known to a control plane; this is one node, read directly.',
  'node-routes.read': '',
  'topology.read': 'Segments and domains are known to a control plane; this is one node, read directly.',
  'topology.write': readOnly,
  'domains.write': readOnly,
  'channels.write': readOnly,
};

/** One node, by its own controller API: its connections and routes, without any control plane. It is called as its connection. */
export class DirectPlane extends BasePlane {
  readonly abilities = lacking;
  readonly #transport: Transport;
  readonly #row: Pick<NodeRow, 'id' | 'endpoints'>;
  #speech: Speech = 'h';

  constructor(transport: Transport, row: Pick<NodeRow, 'id' | 'endpoints'>) {
    super();
    this.#transport = transport;
    this.#row = row;
  }

  get generation(): Speech {
    return this.#speech;
  }

  /** It is connected when it answers. */
  async nodes(signal?: AbortSignal): Promise<NodeRow[]> {
    await this.nodeConnections(this.#row.id, signal);
    return [{ ...this.#row, domain: '', status: 'connected' }];
  }

  async nodeConnections(_node: string, signal?: AbortSignal): Promise<NodeConnectionRow[]> {
    const { parts, speech } = this.#heard(await askNode(this.#transport, 'connections', signal));
    return parts.flatMap((part) => connectionsOf(part, speech));
  }

  async nodeRoutes(_node: string, signal?: AbortSignal): Promise<NodeRouteRow[]> {
    const { parts, speech } = this.#heard(await askNode(this.#transport, 'routes', signal));
    return parts.flatMap((part) => routesOf(part, speech));
  }

  #heard(parts: Part[]): { parts: Part[]; speech: Speech } {
    const last = parts.at(-1);
    // 2.0–3.4 always end with a part that says so; connections of 0.7–1.4 are written alike, and end without.
    this.#speech = last?.done
      ? 'h'
      : (parts.find((part) => part.speech)?.speech ?? (last && last.answers !== '' ? 'e' : 'b'));
    return { parts, speech: this.#speech };
  }
}
