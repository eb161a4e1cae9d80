import type { SessionSecret } from '@muster/api';
import { loadConfig } from '../../apps/gateway/src/config/load.ts';
import { startGateway } from '../../apps/gateway/src/gateway.ts';
import { prepareHome } from '../../apps/gateway/src/home.ts';

export interface GatewayUp {
  origin: string;
  /** To sign in with. */
  secret: SessionSecret;
}

// A gateway of its own process, so that a test can kill it: says where it is once it listens.
const [home = '', configFile = ''] = process.argv.slice(2);
prepareHome(home);
const gateway = await startGateway({ port: 0, home, config: loadConfig(configFile), pages: home });
await gateway.ready;
process.on('disconnect', () => process.exit());
process.send?.({ origin: gateway.origin, secret: gateway.createLaunchCode() } satisfies GatewayUp);
