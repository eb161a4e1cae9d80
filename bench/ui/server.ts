import { startGateway } from '../../apps/gateway/src/gateway.ts';
import { signInLink } from '@muster/api';

// A gateway on the practice network in a process of its own; the page under measure shares nothing with it.
const [pages = '', entries = '100000'] = process.argv.slice(2);
const gateway = await startGateway({ port: 0, pages, practiceEntries: Number(entries) });
await gateway.ready;
process.send?.({ link: signInLink(gateway.origin, gateway.createLaunchCode()) });
process.on('message', () => void gateway.close().then(() => process.exit(0)));
