import { spawn } from 'node:child_process';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judge } from '@muster/domain';
import { makeFolder, makeIdentity } from './testing/verify-folder.ts';
import { endOf, nextMoment } from './verify-moments.ts';
import { countdownText, type WatchEvent, type WatchOptions, watchSet } from './verify-watch.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let stop: AbortController;
beforeEach(async () => {
  folder = await makeFolder();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await folder.remove();
});

const options: WatchOptions = { hidden: false, bundles: async () => new Map() };
const aroundNow = (seconds: number) => ({
  notBefore: new Date(Date.now() - 3_600_000),
  notAfter: new Date(Math.floor(Date.now() / 1000 + seconds) * 1000),
});

/** A watch whose next news can be asked for, in words. */
function watching(given = options) {
  const events = watchSet([folder.path], given, stop.signal, 20);
  const say = (event: WatchEvent) =>
    event.event === 'judged'
      ? `${event.cause} ${event.judged.name.replace(`${folder.path}/`, '')} ${event.judged.judgement.verdict}`
      : `${event.event} ${event.name.replace(`${folder.path}/`, '')}`;
  return async (): Promise<string[]> => {
    for (;;) {
      const { value } = await events.next();
      const told = value?.events.map(say) ?? [];
      if (told.length > 0 || value === undefined) return told;
    }
  };
}

describe('a watch', () => {
  it('tells what is there, what changes, and what goes, and nothing else', async () => {
    const { leaf, authority, other } = await makeIdentity(aroundNow(3600));
    await folder.put('svid.pem', leaf);
    await folder.put('bundle.pem', authority);
    const next = watching();
    expect(await next()).toEqual(['start bundle.pem valid', 'start svid.pem valid']);
    // Written anew with the same bytes: nobody needs to hear of it.
    await folder.put('svid.pem', leaf);
    // A rename over the file, as whoever writes files well does it.
    await writeFile(folder.at('.new'), other);
    await rename(folder.at('.new'), folder.at('bundle.pem'));
    expect(await next()).toEqual(['change bundle.pem valid', 'change svid.pem invalid']);
    await rm(folder.at('svid.pem'));
    expect(await next()).toEqual(['gone svid.pem']);
  });

  it('sees the swap of a volume of Kubernetes', async () => {
    const [before, after] = [await makeIdentity(aroundNow(3600)), await makeIdentity(aroundNow(7200))];
    await folder.put('..1/tls.crt', before.leaf);
    await folder.put('..1/ca.crt', before.authority);
    await folder.put('..2/tls.crt', after.leaf);
    await folder.put('..2/ca.crt', after.authority);
    await folder.link('..1', '..data');
    await folder.link('..data/tls.crt', 'tls.crt');
    await folder.link('..data/ca.crt', 'ca.crt');
    const next = watching();
    expect(await next()).toEqual(['start ca.crt valid', 'start tls.crt valid']);
    await symlink('..2', folder.at('..data_tmp'));
    await rename(folder.at('..data_tmp'), folder.at('..data'));
    expect(await next()).toEqual(['change ca.crt valid', 'change tls.crt valid']);
  });

  it('judges again at the moment when the time changes the verdict', async () => {
    const { leaf, authority } = await makeIdentity(aroundNow(2));
    await folder.put('svid.pem', leaf);
    await folder.put('bundle.pem', authority);
    const next = watching();
    expect(await next()).toEqual(['start bundle.pem valid', 'start svid.pem valid']);
    expect(await next()).toEqual(['time svid.pem invalid']);
  });

  it('waits for what is not there yet, and reads the bundle of the command line again', async () => {
    const { leaf, bundle } = await makeIdentity(aroundNow(3600));
    const given = { bytes: new Uint8Array(bundle), there: true };
    const next = watching({
      hidden: false,
      bundles: async () => {
        if (!given.there) throw new Error('gone for a moment');
        return new Map([['example.org', { file: folder.at('.bundle'), bytes: given.bytes }]]);
      },
    });
    expect(await next()).toEqual([`problem ${folder.path}`]);
    given.there = false;
    await folder.put('svid.pem', leaf);
    expect(await next()).toEqual(['change svid.pem valid']);
    [given.there, given.bytes] = [true, new TextEncoder().encode('{"keys":[]}')];
    await folder.put('.bundle', 'touched');
    expect(await next()).toEqual(['change svid.pem invalid']);
  });

  it('ends when it is told to', async () => {
    const next = watching();
    await next();
    stop.abort();
    expect(await next()).toEqual([]);
  });
});

it('prints a line of JSON an event, and ends with 0 at Ctrl C', async () => {
  const { leaf, authority, key } = await makeIdentity(aroundNow(3600));
  await folder.put('svid.pem', leaf);
  await folder.put('svid.key', key);
  await folder.put('bundle.pem', authority);
  const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, 'verify', '--watch', folder.path, '--json'], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let out = '';
  const exit = once(child, 'exit');
  await new Promise<void>((ready) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.split('\n').length > 2) ready();
    });
  });
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toEqual([
    expect.objectContaining({ event: 'judged', cause: 'start', file: folder.at('bundle.pem') }),
    expect.objectContaining({
      event: 'judged',
      file: folder.at('svid.pem'),
      key: folder.at('svid.key'),
      verdict: 'valid',
    }),
  ]);
  expect(out).not.toContain(new TextDecoder().decode(key).split('\n')[1]);
});

describe('the moments of a document', () => {
  it('are when a certificate begins, and just after it ends', async () => {
    const life = { notBefore: new Date('2026-11-22T10:00:00Z'), notAfter: new Date('2026-11-22T11:00:00Z') };
    const { leaf, token } = await makeIdentity(life);
    const judged = (at: Date) => judge({ kind: 'x509-svid', input: leaf, bundles: new Map(), at });
    const { decoded } = await judged(new Date());
    const [begin, end] = [life.notBefore.getTime(), life.notAfter.getTime()];
    expect(endOf(decoded)).toBe(end);
    expect([0, begin - 1, begin, end, end + 1].map((at) => nextMoment(decoded, at))).toEqual([
      ...[begin, begin, end + 1, end + 1, undefined],
    ]);
    const jwt = await judge({
      kind: 'jwt-svid',
      input: new TextEncoder().encode(token),
      bundles: new Map(),
      at: new Date(),
    });
    const exp = endOf(jwt.decoded) ?? 0;
    // `exp` is the first moment at which it is no longer valid (RFC 7519 4.1.4).
    expect(nextMoment(jwt.decoded, exp - 1)).toBe(exp);
    expect(nextMoment(jwt.decoded, exp)).toBeUndefined();
  });

  it('S-12: the countdown names the first that ends, with nothing in it that a terminal obeys', async () => {
    const { leaf, authority } = await makeIdentity(aroundNow(3600));
    await folder.put('svid\u202E\u001B[31m.pem', leaf);
    await folder.put('bundle.pem', authority);
    for await (const { set } of watchSet([folder.path], options, stop.signal, 20)) {
      const text = countdownText(set, Date.now());
      expect(text).toMatch(
        /^2 judged, 2 valid · .+svid\\u\{202e\}\\u\{1b\}\[31m\.pem ends in 00:59:\d\d · Ctrl C ends$/u,
      );
      expect(countdownText({ ...set, judged: [] }, 0)).toBe('0 judged, 0 valid · Ctrl C ends');
      break;
    }
  });
});
