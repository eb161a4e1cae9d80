import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareHome, readRuntimeFile, writeRuntimeFile } from './home.ts';
import { systemClock } from './sessions/clock.ts';
import { Secrets } from './sessions/secrets.ts';

const secret = () => new Secrets(new Uint8Array(16), systemClock).createRuntimeSecret();

let folder: string;
let umask: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-home-'));
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const mode = (path: string) => statSync(path).mode & 0o777;

describe('S-04: the home', () => {
  it('is for us alone, even under umask 000', () => {
    const home = join(folder, 'home');
    prepareHome(home);
    const shared = secret();
    const forget = writeRuntimeFile(home, 'http://127.0.0.1:1', shared);
    expect([mode(home), mode(join(home, 'run')), mode(join(home, 'run', 'gateway.json'))]).toEqual([
      0o700, 0o700, 0o600,
    ]);
    expect(readRuntimeFile(home)?.secret).toEqual(shared);
    forget();
    expect(readRuntimeFile(home)).toBeUndefined();
  });

  it('is refused when others can enter it', () => {
    const home = join(folder, 'loose');
    mkdirSync(home, { mode: 0o755 });
    expect(() => prepareHome(home)).toThrow(/open to other users \(mode 755\).*chmod/);
  });

  it('is refused when its run folder is open', () => {
    const home = join(folder, 'home');
    prepareHome(home);
    chmodSync(join(home, 'run'), 0o770);
    expect(() => prepareHome(home)).toThrow(/run is open to other users/);
  });

  it('is refused when it is a link', () => {
    mkdirSync(join(folder, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    expect(() => prepareHome(join(folder, 'link'))).toThrow(/symbolic link/);
  });

  it('is refused when it is a file', () => {
    writeFileSync(join(folder, 'file'), '', { mode: 0o600 });
    expect(() => prepareHome(join(folder, 'file'))).toThrow();
  });

  it.runIf(process.getuid?.() === 0)('is refused when another user owns it', () => {
    const home = join(folder, 'theirs');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, 12_345, 12_345);
    expect(() => prepareHome(home)).toThrow(/belongs to another user \(uid 12345\)/);
  });

  it('does not take a runtime file that others can read or that is a link', () => {
    const home = join(folder, 'home');
    prepareHome(home);
    writeRuntimeFile(home, 'http://127.0.0.1:1', secret());
    const file = join(home, 'run', 'gateway.json');
    chmodSync(file, 0o644);
    expect(readRuntimeFile(home)).toBeUndefined();
    const copy = join(folder, 'copy.json');
    writeFileSync(copy, readFileSync(file), { mode: 0o600 });
    rmSync(file);
    symlinkSync(copy, file);
    expect(readRuntimeFile(home)).toBeUndefined();
  });

  it('does not write through a link that waits at the place of its temporary file', () => {
    const home = join(folder, 'home');
    prepareHome(home);
    const target = join(folder, 'target');
    writeFileSync(target, 'untouched');
    symlinkSync(target, join(home, 'run', `gateway.json.${process.pid}.tmp`));
    writeRuntimeFile(home, 'http://127.0.0.1:1', secret());
    expect(readFileSync(target, 'utf8')).toBe('untouched');
  });
});
