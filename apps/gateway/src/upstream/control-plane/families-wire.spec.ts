import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openChannel } from '../transport.ts';
import { FamilyA } from './family-a.ts';
import { FamilyB, FamilyE } from './families-b-e.ts';
import type { RouteRow } from './port.ts';

// Answers written by hand, number by number, as the control planes of each release send them: the other specs' servers
// are made of the same descriptions as the adapters, and would be wrong together with them.

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number((rest & 127n) | 128n));
  return Buffer.from([...bytes, Number(rest)]);
}
/** A field: of bytes or text by its length, of a number as it is. */
const field = (number: number, value: Buffer | string | number | bigint): Buffer => {
  if (typeof value === 'number' || typeof value === 'bigint')
    return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = typeof value === 'string' ? text(value) : value;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
};
const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Answer = Buffer | ((asked: Buffer) => Buffer);

/** A gRPC server that answers each method with these bytes; what it was asked is kept. */
async function serving(answers: Record<string, Answer>) {
  const asked = new Map<string, Buffer>();
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const method = String(headers[':path']).split('/')[2] ?? '';
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      // Five bytes before a message: whether it is compressed, and its length.
      const body = Buffer.concat(chunks).subarray(5);
      asked.set(method, body);
      const answer = answers[method];
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': answer ? '0' : '12' }));
      if (!answer) return void stream.end();
      const bytes = typeof answer === 'function' ? answer(body) : answer;
      const head = Buffer.alloc(5);
      head.writeUInt32BE(bytes.length, 1);
      stream.end(Buffer.concat([head, bytes]));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const channel = openChannel({ address, timeoutMs: 10_000 });
  closing.push(
    () => channel.close(),
    () => new Promise((done) => server.close(done)),
  );
  return { transport: channel.transport, asked };
}

async function allRoutes(plane: { routes(): AsyncIterable<RouteRow[]> }): Promise<RouteRow[]> {
  const rows: RouteRow[] = [];
  for await (const page of plane.routes()) rows.push(...page);
  return rows;
}

const anywhere = 0xffff_ffff_ffff_ffffn;
const ack = (success: boolean, ...messages: string[]): Buffer =>
  message(...(success ? [field(2, 1)] : []), ...messages.map((one) => field(3, one)));

describe('0.0–0.1 as they send it', () => {
  it('tells nodes; those of 0.0.1 have no status, and it is unknown, not “not connected”', async () => {
    const { transport } = await serving({
      ListNodes: message(
        field(1, message(field(1, 'slim/0'), field(2, '10.0.0.1'), field(3, 46358), field(4, 2))),
        field(1, message(field(1, 'slim/1'), field(2, '10.0.0.2'), field(3, 46358))),
      ),
    });
    expect(await new FamilyA(transport).nodes()).toMatchObject([
      { id: 'slim/0', status: 'not-connected', endpoints: [{ endpoint: '10.0.0.1:46358' }] },
      { id: 'slim/1', status: 'unknown' },
    ]);
  });

  it('tells the routes of a node: an instance is a number in a message of its own, all ones or nothing is none', async () => {
    const row = (app: string, ...more: Buffer[]) =>
      field(1, message(field(1, 'org'), field(2, 'ns'), field(3, app), ...more));
    const { transport, asked } = await serving({
      ListSubscriptions: message(
        row('one', field(4, field(1, 7)), field(5, field(1, 1)), field(6, message(field(1, 2), field(2, 1)))),
        row('any', field(4, field(1, anywhere))),
        row('none'),
        row('first', field(4, Buffer.alloc(0))),
      ),
    });
    expect(await new FamilyA(transport).nodeRoutes('slim/0')).toMatchObject([
      {
        name: 'org/ns/one',
        instance: '7',
        connections: [
          { id: 1n, local: true },
          { id: 2n, local: false },
        ],
      },
      { name: 'org/ns/any', instance: '' },
      { name: 'org/ns/none', instance: '' },
      // Zero is a number as any other.
      { name: 'org/ns/first', instance: '0' },
    ]);
    expect(asked.get('ListSubscriptions')).toEqual(field(1, 'slim/0'));
  });

  it('is asked for a route by the id of the connection, and to delete it by the id of the subscription', async () => {
    const { transport, asked } = await serving({
      CreateConnection: message(field(1, 1), field(2, 'http://b:1')),
      CreateSubscription: message(field(1, 1), field(2, 's-1')),
      DeleteSubscription: field(1, 1),
    });
    const plane = new FamilyA(transport);
    await plane.createConnection('slim/0', 'http://b:1', '{"endpoint":"http://b:1"}');
    expect(asked.get('CreateConnection')).toEqual(
      message(
        field(1, message(field(1, 'http://b:1'), field(2, '{"endpoint":"http://b:1"}'))),
        field(2, 'slim/0'),
      ),
    );
    const one = { node: 'slim/0', name: 'org/ns/app', instance: '7', via: 'http://b:1', config: '' };
    await plane.addRoute({ ...one, destinationNode: '' });
    expect(asked.get('CreateSubscription')).toEqual(
      message(
        field(
          1,
          message(
            field(1, 'org'),
            field(2, 'ns'),
            field(3, 'app'),
            field(4, field(1, 7)),
            field(5, 'http://b:1'),
          ),
        ),
        field(2, 'slim/0'),
      ),
    );
    await plane.removeRoute({ ...one, destinationNode: '' });
    expect(asked.get('DeleteSubscription')).toEqual(message(field(1, 's-1'), field(2, 'slim/0')));
  });

  it('answers a change of a channel without the id of the message, and a refusal with its reasons', async () => {
    const { transport, asked } = await serving({
      CreateChannel: field(1, 'org/ns/mod-0123456789abcdef01'),
      AddParticipant: ack(true),
      DeleteParticipant: ack(false, 'no such', 'participant'),
      ListChannels: message(field(1, 'one'), field(1, 'two')),
      ListParticipants: message(field(1, 'org/ns/a')),
    });
    const plane = new FamilyA(transport);
    expect(await plane.createChannel(['org/ns/mod'])).toBe('org/ns/mod-0123456789abcdef01');
    await plane.addParticipant('one', 'org/ns/a');
    expect(asked.get('AddParticipant')).toEqual(message(field(1, 'one'), field(2, 'org/ns/a')));
    await expect(plane.deleteParticipant('one', 'org/ns/a')).rejects.toMatchObject({
      code: 'precondition',
      words: expect.stringMatching(/no such.*participant/su) as string,
    });
    expect((await plane.channels()).map(({ id }) => id)).toEqual(['one', 'two']);
    expect(await plane.participants('one')).toEqual(['org/ns/a']);
  });

  it('did not deregister a node: the message is empty', async () => {
    const { transport, asked } = await serving({ DeregisterNode: Buffer.alloc(0) });
    await expect(new FamilyA(transport).deregisterNode('slim/0')).rejects.toMatchObject({
      code: 'precondition',
    });
    expect(asked.get('DeregisterNode')).toEqual(field(1, 'slim/0'));
  });
});

describe('0.6 as it sends it', () => {
  it('tells nodes by their connections where a host was before, and routes of a node as ListRoutes', async () => {
    const { transport } = await serving({
      ListNodes: field(
        1,
        message(
          field(1, 'slim/0'),
          field(
            2,
            message(
              field(1, '10.0.0.1:1'),
              field(2, 1),
              field(3, 'local:1'),
              field(4, 'slim.example:1'),
              field(5, 'g'),
            ),
          ),
          field(4, 1),
        ),
      ),
      ListRoutes: field(1, message(field(1, 'org'), field(2, 'ns'), field(3, 'app'))),
    });
    const plane = new FamilyB(transport);
    expect(await plane.nodes()).toMatchObject([
      {
        id: 'slim/0',
        status: 'connected',
        endpoints: [{ endpoint: '10.0.0.1:1', external: 'slim.example:1', tlsRequired: true }],
      },
    ]);
    expect(await plane.nodeRoutes('slim/0')).toMatchObject([{ name: 'org/ns/app', instance: '' }]);
  });

  it('is asked for channels with their moderators, and lists them under the first number', async () => {
    const { transport, asked } = await serving({
      AddParticipant: ack(true),
      DeleteChannel: ack(true),
      ListChannels: field(1, 'org/ns/room'),
      ListParticipants: field(1, 'org/ns/a'),
    });
    const plane = new FamilyB(transport);
    await plane.addParticipant('org/ns/room', 'org/ns/a', ['org/ns/mod/1']);
    expect(asked.get('AddParticipant')).toEqual(
      message(field(1, 'org/ns/room'), field(2, 'org/ns/a'), field(3, 'org/ns/mod/1')),
    );
    await plane.deleteChannel('org/ns/room', ['org/ns/mod/1']);
    expect(asked.get('DeleteChannel')).toEqual(message(field(1, 'org/ns/room'), field(2, 'org/ns/mod/1')));
    expect(await plane.channels()).toEqual([{ id: 'org/ns/room' }]);
    expect(await plane.participants('org/ns/room')).toEqual(['org/ns/a']);
  });
});

describe('0.7 to 1.4 as they send it', () => {
  it('lists under the second number what 0.6 lists under the first', async () => {
    const { transport } = await serving({
      ListChannels: message(field(1, 'm-1'), field(2, 'org/ns/room')),
      ListParticipants: message(field(1, 'm-2'), field(2, 'org/ns/a')),
      ListSubscriptions: message(
        field(1, 'm-3'),
        field(2, message(field(1, 'org'), field(2, 'ns'), field(3, 'app'))),
      ),
      ListConnections: message(field(1, 'm-4'), field(2, message(field(1, 9), field(2, 1)))),
    });
    const plane = new FamilyE(transport, 'c');
    expect(await plane.channels()).toEqual([{ id: 'org/ns/room' }]);
    expect(await plane.participants('org/ns/room')).toEqual(['org/ns/a']);
    expect(await plane.nodeRoutes('slim/0')).toMatchObject([{ name: 'org/ns/app' }]);
    expect(await plane.nodeConnections('slim/0')).toMatchObject([{ id: 9n, type: 'remote', direction: '' }]);
  });

  it('tells the same of nodes, whatever its details are made of: text in 0.7, a structure from 1.0', async () => {
    const struct = field(1, message(field(1, 'zone'), field(2, field(3, 'a'))));
    for (const details of [field(3, 'local:1'), field(3, struct)]) {
      const { transport } = await serving({
        ListNodes: field(
          1,
          message(
            field(1, 'slim/0'),
            field(2, message(field(1, '10.0.0.1:1'), field(2, 1), details)),
            field(4, 1),
          ),
        ),
      });
      expect(await new FamilyE(transport, 'c').nodes()).toMatchObject([
        { id: 'slim/0', endpoints: [{ endpoint: '10.0.0.1:1', tlsRequired: true }] },
      ]);
    }
  });

  const row = (id: number, ...more: Buffer[]) =>
    field(
      1,
      message(field(1, id), field(2, 'slim/0'), field(6, 'org'), field(7, 'ns'), field(8, 'app'), ...more),
    );

  it('tells routes: a status has its own number here, and an instance may be none, nought, or any', async () => {
    const { transport } = await serving({
      ListRoutes: message(
        row(1, field(3, 'slim/1'), field(9, 0), field(10, 1), field(13, 1_700_000_000), field(14, 'l-1')),
        row(2, field(4, 'http://b:1'), field(9, anywhere), field(10, 4), field(11, 'waits')),
        row(3, field(10, 3)),
        row(4, field(10, 1), field(12, 1)),
        row(5, field(10, 99)),
      ),
    });
    expect(await allRoutes(new FamilyE(transport, 'e'))).toMatchObject([
      {
        id: '1',
        destination: 'slim/1',
        instance: '0',
        status: 'applied',
        linkId: 'l-1',
        lastUpdated: new Date(1.7e12),
      },
      { id: '2', destinationEndpoint: 'http://b:1', instance: '', status: 'pending', statusMessage: 'waits' },
      { id: '3', status: 'stale', lastUpdated: undefined },
      { id: '4', status: 'deleted' },
      { id: '5', status: 'unspecified' },
    ]);
  });

  it('of 0.7 tells them as text', async () => {
    const { transport } = await serving({ ListRoutes: message(field(1, 'slim/0 -> slim/1: org/ns/app')) });
    expect(await allRoutes(new FamilyE(transport, 'c'))).toMatchObject([
      { name: '', statusMessage: 'slim/0 -> slim/1: org/ns/app' },
    ]);
  });

  it('tells links from 1.4 on, each status by its number, and which way a connection was made', async () => {
    const link = (id: string, ...more: Buffer[]) =>
      field(1, message(field(1, id), field(2, `l-${id}`), field(3, 'slim/0'), field(4, 'slim/1'), ...more));
    const { transport } = await serving({
      ListLinks: message(
        link('1', field(5, 'http://b:1'), field(7, 2), field(10, 1_700_000_000)),
        link('2', field(7, 1)),
        link('3', field(7, 3), field(8, 'refused')),
        link('4', field(7, 2), field(9, 1)),
        link('5'),
      ),
      ListConnections: message(
        field(2, message(field(1, 1), field(2, 1), field(4, 'l-1'))),
        field(2, message(field(1, 2), field(2, 1), field(4, 'l-2'), field(5, 1))),
      ),
    });
    const plane = new FamilyE(transport, 'e');
    expect(await plane.links()).toMatchObject([
      { linkId: 'l-1', destinationEndpoint: 'http://b:1', status: 'applied', lastUpdated: new Date(1.7e12) },
      { status: 'pending' },
      { status: 'failed', statusMessage: 'refused' },
      { status: 'deleted' },
      { status: 'unspecified' },
    ]);
    expect(await plane.nodeConnections('slim/0')).toMatchObject([
      { direction: 'outgoing', linkId: 'l-1' },
      { direction: 'incoming', linkId: 'l-2' },
    ]);
  });

  it('is asked for a route to a node without a connection, and to an address with one', async () => {
    const { transport, asked } = await serving({
      AddRoute: message(field(1, 1), field(2, 'r-1')),
      DeleteRoute: field(1, 1),
    });
    const plane = new FamilyE(transport, 'e');
    const one = { node: 'slim/0', name: 'org/ns/app', instance: '', config: '{"endpoint":"http://b:1"}' };
    const name = [field(1, 'org'), field(2, 'ns'), field(3, 'app')];
    await plane.addRoute({ ...one, via: '', destinationNode: 'slim/1' });
    expect(asked.get('AddRoute')).toEqual(
      message(field(2, message(...name)), field(3, 'slim/0'), field(4, 'slim/1')),
    );
    await plane.addRoute({ ...one, via: 'http://b:1', destinationNode: '' });
    expect(asked.get('AddRoute')).toEqual(
      message(
        field(1, message(field(1, 'http://b:1'), field(2, one.config))),
        field(2, message(...name, field(5, 'http://b:1'))),
        field(3, 'slim/0'),
      ),
    );
    await plane.removeRoute({ ...one, via: '', destinationNode: 'slim/1' });
    expect(asked.get('DeleteRoute')).toEqual(
      message(field(1, message(...name)), field(2, 'slim/0'), field(3, 'slim/1')),
    );
  });
});
