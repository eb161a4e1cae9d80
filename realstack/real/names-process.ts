import { readFileSync } from 'node:fs';
import { clientConfig, errorText, loadBindings, toName } from '@muster/practice/slim/bindings';

// A program of its own on the real node that listens at many names: each is a route of the node.
const [endpoint = '', secretFile = '', prefix = '', count = '0'] = process.argv.slice(2);
try {
  const slim = await loadBindings();
  const service = slim.createService('names');
  const connection = await service.connectAsync(clientConfig(slim, endpoint));
  const app = service.createAppWithSecret(
    toName(slim, `${prefix}-own`),
    readFileSync(secretFile, 'utf8').trim(),
  );
  for (let n = 0; n < Number(count); n += 1)
    await app.subscribeAsync(toName(slim, `${prefix}-${n}`), connection);
  process.stdout.write('ready\n');
  // Its routes go when it ends.
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
}
