import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { NetworkService } from '@muster/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { type StandIn, startStandIn } from './testing/stand-in.ts';

const entry = fileURLToPath(new URL('main.ts', import.meta.url));
let gateway: StandIn;
let status = 'connected';
let refused = '';
let asked = 0;
const ending: (() => unknown)[] = [];

beforeEach(async () => {
  [status, refused, asked] = ['connected', '', 0];
  gateway = await startStandIn((router) => {
    router.service(NetworkService, {
      listNodes: ({ search }) => {
        asked += 1;
        if (refused !== '') throw new ConnectError(refused, Code.Unavailable);
        // When it was read is another every time, and no news.
        const at = timestampNow();
        return { nodes: [{ id: search, status, lastSeen: at }], total: 1n, freshness: { asOf: at } };
      },
    });
  });
});
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await gateway.close();
});

function watch(...more: string[]) {
  const args = ['view', 'nodes', '-p', 'search=quay', '--watch', '--every', '0.5', ...more];
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, MUSTER_HOME: gateway.home, NODE_OPTIONS: '', CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  ending.push(() => child.kill('SIGKILL') && gone);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const interrupt = async () => {
    child.kill('SIGINT');
    const [code] = (await gone) as [number | null];
    return code;
  };
  return { line, interrupt, child, gone };
}

const readings = (count: number) => {
  const enough = asked + count;
  return vi.waitUntil(() => asked >= enough, { timeout: 20_000, interval: 20 });
};

describe('muster view --watch', () => {
  it('tells what is there, and again only when it is another', async () => {
    const { line, interrupt } = watch('--json');
    const first = JSON.parse(await line()) as { time: string; view: unknown };
    expect(Date.parse(first.time)).not.toBeNaN();
    expect(first.view).toMatchObject({ nodes: [{ id: 'quay', status: 'connected' }], total: '1' });
    await readings(3);
    status = 'not-connected';
    expect(JSON.parse(await line())).toMatchObject({ view: { nodes: [{ status: 'not-connected' }] } });
    expect(await interrupt()).toBe(0);
    expect(gateway.open()).toBe(0);
    expect(gateway.opened()).toBe(1);
  }, 30_000);

  it('tells once why it cannot be read any more, goes on, and tells that it can again', async () => {
    const { line, interrupt } = watch('--json');
    await line();
    refused = 'The control plane does not answer.';
    expect(JSON.parse(await line())).toMatchObject({ problem: refused });
    await readings(2);
    refused = '';
    expect(JSON.parse(await line())).toMatchObject({ view: { nodes: [{ id: 'quay' }] } });
    expect(await interrupt()).toBe(0);
  }, 30_000);

  it('outlives its gateway, and signs in again where its session is not known any more', async () => {
    const { line, interrupt } = watch();
    expect(await line()).toMatch(/^── \d{4}-/u);
    gateway.forgetSessions();
    await readings(2);
    expect(gateway.opened()).toBe(2);
    expect(await interrupt()).toBe(0);
  }, 30_000);

  it('ends when there is nothing to read from the first time', async () => {
    refused = 'There is no such control plane.\u001b[2J';
    const { code, err } = await inProcess(['view', 'nodes', '--watch'], gateway.home);
    expect(code).toBe(1);
    expect(err).toBe('muster: There is no such control plane.\\u{1b}[2J\n');
    expect((await inProcess(['view', 'nodes', '--watch'])).code).toBe(3);
  });

  it.each([
    [['view', 'nodes', '--every', '3'], /give both/u],
    [['view', 'nodes', '--watch', '--every', '0'], /from 0\.5 to 45, not "0"/u],
    [['view', 'nodes', '--watch', '--every', 'soon'], /not "soon"/u],
    [['view', 'nodes', '--watch', '--every', ''], /not ""/u],
  ])('%j is refused', async (args, words) => {
    const { code, err } = await inProcess(args, gateway.home);
    expect(code).toBe(2);
    expect(err).toMatch(words);
    expect(gateway.opened()).toBe(0);
  });
});
