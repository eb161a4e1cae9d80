import { createClient } from '@connectrpc/connect';
import type { ConnectRouter } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { servePlane } from '@muster/practice/slim/plane/serve';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';

export interface RawNetwork {
  /** ms until that many routes of a control plane were there, connecting included. */
  routes: number;
  /** ms until all members of a channel were there, as the channel manager tells them in one answer. */
  members: number;
}

/** Reads a network with the generated clients and nothing else: what any copy is measured by. */
export async function rawNetwork(
  { plane, manager, channel }: { plane: string; manager: string; channel: string },
  rows: number,
): Promise<RawNetwork> {
  const began = performance.now();
  let read = 0;
  const from = createClient(ControlPlaneService, createGrpcTransport({ baseUrl: plane }));
  for await (const _ of from.listRoutes({})) if (++read === rows) break;
  const routes = performance.now() - began;
  const next = performance.now();
  const listed = createClient(ChannelManagerService, createGrpcTransport({ baseUrl: manager }));
  await listed.listParticipants({ channelName: channel });
  return { routes, members: performance.now() - next };
}

/** A channel manager 3.3 with one channel that nobody owns, and these members. */
export function serveManager(channelName: string, participantName: string[]): Promise<ServedPlane> {
  return servePlane('rust', (router: ConnectRouter) =>
    router.service(ChannelManagerService, {
      listChannels: () => ({
        success: true,
        channelName: [channelName],
        channels: [{ channelName, owner: '' }],
      }),
      listParticipants: () => ({ success: true, participantName }),
      createChannel: ({ ttlSeconds }) => ({
        success: false,
        errorMsg: ttlSeconds === 0n ? 'ttl-seconds must be positive' : 'invalid channel name',
      }),
    }),
  );
}
