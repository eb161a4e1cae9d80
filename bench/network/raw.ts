import { rawNetwork } from '../../apps/gateway/src/upstream/testing/raw-network.ts';

// The first routes and the members as the servers themselves give them, in a process that has just started as a gateway has:
// `node raw.ts PLANE MANAGER CHANNEL ROWS`.
const [plane = '', manager = '', channel = '', rows = '100'] = process.argv.slice(2);
process.send?.(await rawNetwork({ plane, manager, channel }, Number(rows)));
process.disconnect?.();
