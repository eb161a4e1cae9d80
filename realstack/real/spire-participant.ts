import { clientConfig, errorText, loadBindings, toName } from '@muster/practice/slim/bindings';

// A program on the real node whose identity is an SVID of the real agent: joins what it is invited to and answers.
const [endpoint = '', socket = '', name = '', spiffeId = ''] = process.argv.slice(2);
try {
  const slim = await loadBindings();
  const service = slim.createService('spire-participant');
  const connection = await service.connectAsync(clientConfig(slim, endpoint));
  const config = {
    socketPath: `unix://${socket}`,
    targetSpiffeId: spiffeId,
    jwtAudiences: ['slim'],
    trustDomains: [],
  };
  const app = service.createApp(
    toName(slim, name),
    new slim.IdentityProviderConfig.Spire({ config }),
    new slim.IdentityVerifierConfig.Spire({ config }),
  );
  await app.subscribeAsync(app.name(), connection);
  process.stdout.write('ready\n');
  for (;;) {
    const session = await app.listenForSessionAsync(undefined);
    void (async () => {
      for (;;) {
        await session.getMessageAsync(undefined);
        const answer = new TextEncoder().encode(`answer of ${name}`);
        await session.publishAndWaitAsync(answer.buffer, 'text/plain', undefined);
      }
    })().catch(() => {});
  }
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
}
