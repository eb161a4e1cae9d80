import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addressOf, probe } from './probe.ts';
import { watchWorker } from './watch.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('gives a silent worker up once, and leaves a lively or absent one alone', () => {
  let sign: number | undefined = 1;
  const onStuck = vi.fn<() => void>();
  const stop = watchWorker(() => sign, onStuck);
  for (let second = 0; second < 60; second++) {
    sign = second;
    vi.advanceTimersByTime(1000);
  }
  expect(onStuck).not.toHaveBeenCalled();
  vi.advanceTimersByTime(26_000);
  expect(onStuck).toHaveBeenCalledTimes(1);
  sign = undefined;
  vi.advanceTimersByTime(60_000);
  expect(onStuck).toHaveBeenCalledTimes(1);
  stop();
});

it('says why nothing answers at an endpoint', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(probe(`http://127.0.0.1:${port}`)).resolves.toBeUndefined();
  await new Promise((resolve) => server.close(resolve));
  await expect(probe(`http://127.0.0.1:${port}`)).rejects.toThrow(
    `no SLIM node answers at 127.0.0.1:${port} (connection refused)`,
  );
});

it('reads endpoints', () => {
  expect(addressOf('http://[::1]:46357')).toEqual({ hostname: '[::1]', port: 46357 });
  expect(addressOf('https://slim.example.org')).toEqual({ hostname: 'slim.example.org', port: 443 });
  expect(() => addressOf('unix:///tmp/x')).toThrow();
  expect(() => addressOf('localhost')).toThrow();
});
