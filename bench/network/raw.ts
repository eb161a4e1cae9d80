import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';

// The first routes and the members as the servers themselves give them, in a process that has just started as a gateway has:
// `node raw.ts PLANE MANAGER CHANNEL ROWS`.
const [plane = '', manager = '', channel = '', rows = '100'] = process.argv.slice(2);
const began = performance.now();
let read = 0;
const from = createClient(ControlPlaneService, createGrpcTransport({ baseUrl: plane }));
for await (const _ of from.listRoutes({})) if (++read === Number(rows)) break;
const routes = performance.now() - began;
const next = performance.now();
const listed = createClient(ChannelManagerService, createGrpcTransport({ baseUrl: manager }));
await listed.listParticipants({ channelName: channel });
process.send?.({ routes, members: performance.now() - next });
process.disconnect?.();
