import { createServer } from 'node:http2';
import type { Http2Server, ServerHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { describe, expect, it } from 'vitest';
import { CredentialError } from '../config/credential.ts';
import { classify } from './errors.ts';
import { Fault } from './fault.ts';
import { refusal, sentence, serverWords } from './sentences.ts';
import { temporaryDirectory } from './testing/harness.ts';
import { openChannel } from './transport.ts';

async function faultOf(address: string, timeoutMs = 2000): Promise<Fault> {
  const channel = openChannel({ address, timeoutMs });
  try {
    await createClient(Entry, channel.transport).countEntries({});
  } catch (error) {
    return classify(error);
  } finally {
    channel.close();
  }
  throw new Error('it answered');
}

/** A client that gives up says so with a GOAWAY, which Node raises on the server. */
function quiet(server: Http2Server): void {
  server.on('session', (session) => session.on('error', () => {}));
  server.on('sessionError', () => {});
}

async function serve(answer: () => never): Promise<{ address: string; close: () => void }> {
  const server = createServer(
    connectNodeAdapter({
      routes: (router) => router.service(Entry, { countEntries: answer }),
      grpc: true,
      connect: false,
      grpcWeb: false,
    }),
  );
  quiet(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close: () => server.close() };
}

describe('upstream errors', () => {
  const directory = temporaryDirectory();

  it('are told by origin: what a server says itself carries grpc-status', async () => {
    for (const [code, fault] of [
      [Code.PermissionDenied, 'denied'],
      [Code.Internal, 'server-error'],
      [Code.Unimplemented, 'unimplemented'],
      [Code.Unavailable, 'server-unavailable'],
      [Code.NotFound, 'not-found'],
    ] as const) {
      const { address, close } = await serve(() => {
        throw new ConnectError('its own words', code);
      });
      expect(await faultOf(address)).toMatchObject({
        code: fault,
        origin: 'server',
        words: 'its own words',
        outcomeUnknown: false,
        lost: false,
      });
      close();
    }
  });

  it('tell a missing socket, a refused one and a file from each other', async () => {
    expect(await faultOf(`unix://${directory}/none.sock`)).toMatchObject({
      code: 'no-socket',
      origin: 'transport',
      lost: true,
    });
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(await faultOf(`unix://${file}`)).toMatchObject({ code: 'refused', origin: 'transport' });
    expect(await faultOf('http://127.0.0.1:9')).toMatchObject({ code: 'refused', origin: 'transport' });
  });

  it.each([
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  ])('tell that the server refused our certificate (%s)', (code) => {
    const cause = Object.assign(new Error('alert number 42'), { code });
    const error = new ConnectError('alert', Code.Internal, undefined, undefined, cause);
    expect(classify(error)).toMatchObject({ code: 'tls-client', origin: 'transport', outcomeUnknown: false });
  });

  it('know when nobody can tell whether the call took effect', async () => {
    const server = createServer();
    quiet(server);
    server.on('stream', (stream) => stream.on('error', () => {}));
    const cut = (stream: ServerHttp2Stream) => setTimeout(() => stream.session?.destroy(), 20);
    server.on('stream', cut);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await faultOf(address)).toMatchObject({
      code: 'broken',
      origin: 'transport',
      outcomeUnknown: true,
    });
    server.off('stream', cut);
    expect(await faultOf(address, 100)).toMatchObject({ code: 'deadline', outcomeUnknown: true });
    server.close();
  });

  it('S-22: escape a server’s words and cut them', () => {
    expect(serverWords('a\u001b[31mb\u202ec\u0000\n')).toBe('a\\u{1b}[31mb\\u{202e}c\\u{0}\\u{a}');
    expect(serverWords('x'.repeat(10_000))).toHaveLength(301);
    expect(refusal(new Fault('invalid', 'server', { words: 'selector list is empty' }))).toBe(
      'The server says: selector list is empty',
    );
  });

  it('S-40: sentences hold nothing from upstream', () => {
    const secret = '/run/secret/path at Object.<anonymous>';
    for (const error of [
      new Error(secret),
      new ConnectError(secret, Code.Internal),
      new Fault('server-error', 'server', { words: secret }),
    ]) {
      expect(sentence(error)).not.toContain('secret');
    }
    expect(sentence(new CredentialError('a credential file cannot be read (ENOENT)'))).toBe(
      'A credential it needs cannot be used: a credential file cannot be read (ENOENT).',
    );
  });
});
