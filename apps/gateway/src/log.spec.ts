import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { fileLog, line, type LogFields } from './log.ts';

const CANARY = 'canary-5f2e';

describe('the log', () => {
  it('S-21: keeps nothing but its named fields, and of a cause no message', () => {
    const cause = new ConnectError(CANARY);
    cause.cause = new TypeError(CANARY);
    const fields = { path: '/p', cause, token: CANARY, headers: { authorization: CANARY } } as LogFields;
    const text = line('error', 'rpc-failed', fields);
    expect(text).not.toContain(CANARY);
    expect(JSON.parse(text)).toMatchObject({ event: 'rpc-failed', path: '/p', error: 'TypeError' });
  });

  it('S-22: is one line of JSON whatever a value holds', () => {
    const text = line('info', 'state', { connection: 'a\n{"event":"forged"}\r\u001b[31m\u2028' });
    expect(text.trimEnd().split(/[\n\r]/)).toHaveLength(1);
    expect(text).not.toContain('\u001b');
  });

  it('S-21: is readable by us alone, and starts a new file after 5 MiB', () => {
    const folder = mkdtempSync(join(tmpdir(), 'muster-log-'));
    const file = join(folder, 'gateway.log');
    writeFileSync(file, 'x'.repeat(5 * 1024 * 1024 + 1), { mode: 0o644 });
    fileLog(file).info('started', { port: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('"started"');
    expect(statSync(`${file}.1`).size).toBeGreaterThan(5 * 1024 * 1024);
    rmSync(folder, { recursive: true });
  });
});
