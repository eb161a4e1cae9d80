// What the shell sees of a gateway, and nothing behind it: for the shell's own tests.
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';

if (process.env.MUSTER_STAND_IN === 'fail') {
  console.error('muster.yaml:3: connections[0].kind is <b>wrong</b>');
  process.exit(1);
}
const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  response.setHeader('content-type', 'text/html');
  response.end(
    '<!doctype html><title>Muster</title><h1>Stand-in</h1><iframe src="/frame" title="inner"></iframe>',
  );
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  writeSync(3, `${JSON.stringify({ url, secret: 's'.repeat(75) })}\n`);
});
// A gateway that does not heed SIGTERM must still be gone after the window.
if (process.env.MUSTER_STAND_IN === 'stubborn') process.on('SIGTERM', () => undefined);
process.stdin.resume().once('end', () => process.exit(0));
