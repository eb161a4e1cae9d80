import type { SessionSecret } from '@muster/api';
import type { ConnectionConfig } from '../../apps/gateway/src/config/types.ts';
import { startGateway } from '../../apps/gateway/src/gateway.ts';
import type { Memory } from './processes.ts';

export interface GatewayAnswer {
  origin?: string;
  secret?: SessionSecret;
  memory?: Memory;
}

// A gateway in a process of its own, so that its memory is only its own: `node gateway.ts HOME CONNECTIONS [PAGES]`,
// the connections as JSON.
const [home = '', connections = '[]', pages = home] = process.argv.slice(2);
const gateway = await startGateway({
  port: 0,
  home,
  pages,
  config: { file: '', connections: JSON.parse(connections) as ConnectionConfig[] },
});
process.on('disconnect', () => process.exit(0));
process.on('message', (asked) => {
  if (asked === 'memory')
    answer({ memory: { resident: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 } });
  if (asked === 'end') void gateway.close().then(() => process.exit(0));
});
// As a gateway prints its link: the code is in it.
answer({ origin: gateway.origin, secret: gateway.createLaunchCode() });

function answer(message: GatewayAnswer): void {
  process.send?.(message);
}
