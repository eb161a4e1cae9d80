import { readFileSync } from 'node:fs';
import { clientConfig, loadBindings, toName } from '@muster/practice/slim/bindings';

// Invites by the bindings alone, in a process of their own: `node raw.ts ENDPOINT SECRETFILE CHANNEL MEMBER…`. Tells the
// milliseconds of each, and stays until its parent ends: the session with it.
const [endpoint = '', secretFile = '', channel = '', ...members] = process.argv.slice(2);
const slim = await loadBindings();
const service = slim.createService('bench-moderator');
const connection = await service.connectAsync(clientConfig(slim, endpoint));
const app = service.createAppWithSecret(
  toName(slim, 'agntcy/bench/raw'),
  readFileSync(secretFile, 'utf8').trim(),
);
await app.subscribeAsync(app.name(), connection);
const session = await app.createSessionAndWaitAsync(
  {
    sessionType: slim.SessionType.Group,
    maxRetries: 5,
    interval: 5000,
    metadata: new Map(),
    mlsSettings: { headerIntegrityValidationPercent: 100, maxSeenControlMessageIdsSize: undefined },
  },
  toName(slim, channel),
);
const times: number[] = [];
for (const member of members) {
  const name = toName(slim, member);
  const began = performance.now();
  await app.setRouteAsync(name, connection);
  await session.inviteAndWaitAsync(name);
  times.push(performance.now() - began);
}
await app.deleteSessionAndWaitAsync(session);
process.on('disconnect', () => process.exit(0));
process.send?.(times);
