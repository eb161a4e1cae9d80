import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { ActionService, EntryService, ItemOutcome } from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runtimeFile } from './runtime.ts';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';
import { type StandIn, startStandIn } from './testing/stand-in.ts';

// Digests whose first letter says how the stand-in behaves.
const digest = (letter: string) => letter + 'x'.repeat(42);
const keys: string[] = [];
const stops: string[] = [];
let gateway: StandIn;

beforeEach(async () => {
  keys.length = 0;
  stops.length = 0;
  gateway = await startStandIn((router) => {
    router.service(EntryService, {
      listEntries: ({ search, page }) => {
        if (search === 'refuse')
          throw new ConnectError('You may not: entries.read is missing.\u001b[2J', Code.PermissionDenied);
        return {
          entries: [{ id: 'e1', spiffeId: `spiffe://a.org/${search}` }],
          total: BigInt(page?.limit ?? 0),
        };
      },
    });
    router.service(ActionService, {
      listActions: () => ({ actions: [{ name: 'entry.create', title: 'Create entries', role: 'operator' }] }),
      plan: ({ action, input }) => {
        if (action !== 'entry.create') throw new ConnectError('There is no such action.', Code.NotFound);
        return { plan: { digest: digest('d'), title: `Create ${JSON.stringify(input)}` } };
      },
      stop: ({ idempotencyKey }) => {
        stops.push(idempotencyKey);
        return {};
      },
      apply: async function* ({ digest: asked, idempotencyKey }) {
        keys.push(idempotencyKey);
        if (asked.startsWith('s'))
          throw new ConnectError('The entry has changed since. Plan again.', Code.FailedPrecondition);
        yield { done: 0, total: 2 };
        const secret = asked.startsWith('t') ? 'join-token-1' : '';
        yield { done: 1, total: 2, item: { target: 'e1', outcome: ItemOutcome.DONE, id: 'i1', secret } };
        if (asked.startsWith('l')) {
          for (let waited = 0; stops.length === 0 && waited < 20_000; waited += 20) await pause(20);
          const outcome = ItemOutcome.SKIPPED;
          yield { done: 2, total: 2, item: { target: 'e2', outcome, reason: 'Stopped.' } };
          yield { done: 2, total: 2, result: { recordId: 'r1', done: 1, refused: 1 } };
          return;
        }
        if (asked.startsWith('w')) await pause(20_000, undefined, { ref: false });
        if (asked.startsWith('b')) throw new ConnectError('It broke.', Code.Internal);
        if (asked.startsWith('e')) return;
        const bad = asked.startsWith('p') ? 1 : 0;
        const open = asked.startsWith('u') ? 1 : 0;
        yield {
          done: 2,
          total: 2,
          result: { recordId: 'r1', done: 2 - bad - open, refused: bad, unknown: open },
        };
      },
    });
  });
});
afterEach(() => gateway.close());

const run = (args: string[], input?: string) =>
  input === undefined ? inProcess(args, gateway.home) : muster(args, { home: gateway.home, input });

describe('muster view', () => {
  it('shows a view as JSON and as a table, and ends its session', async () => {
    const json = await run(
      ['view', 'entries', '--param', 'search=web', '--param', 'page.limit=7', '--json'],
      '',
    );
    expect(json).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(json.out)).toMatchObject({
      entries: [{ id: 'e1', spiffeId: 'spiffe://a.org/web' }],
      total: '7',
    });
    const text = await run(['view', 'entries', '-p', 'search=web']);
    expect(text.out).toContain('SPIFFE ID');
    expect(gateway.opened()).toBe(2);
    expect(gateway.open()).toBe(0);
  });

  it('exits with 1 when refused, says why without obeying it, and ends its session', async () => {
    const { code, out, err } = await run(['view', 'entries', '--param', 'search=refuse']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toBe('muster: You may not: entries.read is missing.\\u{1b}[2J\n');
    expect(gateway.open()).toBe(0);
  });

  it('exits with 3 when the gateway has stopped', async () => {
    const home = gateway.home;
    const other = await startStandIn(() => undefined);
    await gateway.close();
    gateway = other;
    expect((await inProcess(['view', 'entries'], home)).code).toBe(3);
  });

  it('exits with 4 when something else answers on the port', async () => {
    gateway.forgetSecret();
    const { code, err } = await run(['view', 'entries']);
    expect(code).toBe(4);
    expect(err).toContain('not our gateway');
  });

  it('S-04: exits with 4 and sends nothing when the runtime file is open to others', async () => {
    await chmod(runtimeFile(gateway.home), 0o644);
    const { code, err } = await run(['view', 'entries']);
    expect(code).toBe(4);
    expect(err).toContain('is open to other users (mode 644');
    expect(gateway.opened()).toBe(0);
  });
});

describe('muster actions, plan and open', () => {
  it('lists actions', async () => {
    expect((await run(['actions'])).out).toContain('entry.create  Create entries  operator');
    expect(JSON.parse((await run(['actions', '--json'])).out)).toMatchObject({
      actions: [{ name: 'entry.create' }],
    });
  });

  it('plans from standard input', async () => {
    const { code, out } = await run(['plan', 'entry.create', '--input', '-', '--json'], '{"a":[1]}');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      digest: digest('d'),
      title: 'Create {"a":[1]}',
      destructive: false,
    });
    expect((await run(['plan', 'entry.create', '--input', '-'], '{}')).out).toContain(
      `muster apply ${digest('d')}`,
    );
    expect(gateway.open()).toBe(0);
  });

  it.each([
    ['entry.create', 'nonsense', 2, 'not JSON'],
    ['entry.create', '[]', 2, 'one JSON object'],
    ['entry.crate', '{}', 1, 'no such action'],
  ])('plan %s with %s exits with %i', async (action, input, wanted, text) => {
    const { code, err } = await run(['plan', action, '--input', '-'], input);
    expect(err).toContain(text);
    expect(code).toBe(wanted);
  });

  it('prints a fresh link', async () => {
    const { code, out } = await run(['open', '--no-open']);
    expect(code).toBe(0);
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:1\/#sign-in=A{75}\n$/u);
  });
});

describe('muster apply', () => {
  /** A person at the keyboard: Ctrl-C once something matches what is printed, as often as there are patterns. */
  const interrupted = (letter: string, patterns: readonly RegExp[]) =>
    muster(['apply', digest(letter)], { home: gateway.home, interruptAt: patterns });

  it('at Ctrl-C stops after the item under way, and tells what was done', async () => {
    const { code, out, err } = await interrupted('l', [/done e1/u]);
    expect(err).toContain('Stopping after the item under way.');
    expect(stops).toEqual(keys);
    expect(out).toContain('[2/2] skipped e2: Stopped.');
    expect(out).toContain('1 done, 1 refused, 0 unknown; record r1');
    expect(code).toBe(1);
    expect(gateway.open()).toBe(0);
  });

  it('at the second Ctrl-C leaves, and says that the outcome is not known', async () => {
    const { code, err } = await interrupted('w', [/done e1/u, /Stopping/u]);
    expect(code).toBe(5);
    expect(err).toContain('it was interrupted');
    expect(stops).toHaveLength(1);
  });

  it('shows progress and exits with 0 when done', async () => {
    const { code, out } = await run(['apply', digest('d')]);
    expect(out).toBe('[1/2] done e1: id i1\n2 done, 0 refused, 0 unknown; record r1\n');
    expect(code).toBe(0);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/u);
    expect(gateway.open()).toBe(0);
  });

  it('prints a secret that is told once on a line of its own', async () => {
    const { code, out } = await run(['apply', digest('t')]);
    expect(out.split('\n')[1]).toBe('secret: join-token-1');
    expect(code).toBe(0);
  });

  it('prints one JSON object a line', async () => {
    const lines = (await run(['apply', digest('d'), '--json'])).out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { done: number }).done)).toEqual([0, 1, 2]);
  });

  it.each([
    ['s', 1, 'Plan again'],
    ['p', 1, ''],
    ['u', 5, '1 of the items were not answered'],
    ['b', 5, 'It broke'],
    ['e', 5, 'ended early'],
  ])('digest %s… exits with %i', async (letter, wanted, text) => {
    const { code, err } = await run(['apply', digest(letter)]);
    expect(err).toContain(text);
    expect(code).toBe(wanted);
    if (wanted === 5) expect(err).toContain(`--key ${keys[0]}`);
    expect(gateway.open()).toBe(0);
  });

  it('takes a digest that starts with a hyphen', async () => {
    expect((await run(['apply', digest('-'), '--json'])).code).toBe(0);
    expect((await run(['apply', digest('-')])).code).toBe(0);
  });

  it('takes a key to try again with', async () => {
    const key = randomBytes(16).toString('hex');
    expect((await run(['apply', digest('d'), '--key', key])).code).toBe(0);
    expect(keys).toEqual([key]);
    expect((await run(['apply', digest('d'), '--key', 'no'])).code).toBe(2);
  });
});
