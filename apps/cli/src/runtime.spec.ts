import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSecret } from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exit } from './exit.ts';
import { musterHome } from '@muster/api/home';
import { readRuntime, runtimeFile } from './runtime.ts';

const bytes = (length: number) => new Uint8Array(length).fill(7);
const secret = writeSecret({ instance: bytes(16), id: bytes(8), secret: bytes(32) });
const good = { version: 1, url: 'http://127.0.0.1:4747', pid: 42, secret };

let home = '';
const write = async (content: unknown = good) => {
  await rm(runtimeFile(home), { force: true });
  await writeFile(runtimeFile(home), typeof content === 'string' ? content : JSON.stringify(content), {
    mode: 0o600,
  });
};
const refused = (text: string) => ({
  code: exit.signInRefused,
  message: expect.stringContaining(text) as string,
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'muster-runtime-'));
  await mkdir(join(home, 'run'), { mode: 0o700 });
  await write();
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('S-04: the runtime file', () => {
  it('is read when it is ours alone', async () => {
    const runtime = await readRuntime(home);
    expect(runtime).toMatchObject({ url: good.url, pid: 42 });
    expect(runtime.secret.secret).toEqual(bytes(32));
  });

  it.each([0o640, 0o604, 0o660, 0o610, 0o666, 0o777])('is refused with mode %o', async (mode) => {
    await chmod(runtimeFile(home), mode);
    await expect(readRuntime(home)).rejects.toMatchObject(refused('is open to other users'));
  });

  it('is refused as a symbolic link', async () => {
    await rename(runtimeFile(home), join(home, 'elsewhere'));
    await symlink(join(home, 'elsewhere'), runtimeFile(home));
    await expect(readRuntime(home)).rejects.toMatchObject(refused('is a symbolic link'));
  });

  it('is refused as anything but a regular file', async () => {
    await rm(runtimeFile(home));
    await mkdir(runtimeFile(home), { mode: 0o700 });
    await expect(readRuntime(home)).rejects.toMatchObject(refused('is not a regular file'));
  });

  it.runIf(process.getuid?.() === 0)('is refused when another user owns it', async () => {
    await chown(runtimeFile(home), 12345, 12345);
    await expect(readRuntime(home)).rejects.toMatchObject(refused('belongs to another user (uid 12345)'));
  });

  it.each([0o770, 0o702, 0o777])('is refused in a folder of mode %o', async (mode) => {
    await chmod(join(home, 'run'), mode);
    await expect(readRuntime(home)).rejects.toMatchObject(refused('can be written by others'));
  });

  it('is refused in a folder that is a symbolic link', async () => {
    await rename(join(home, 'run'), join(home, 'other'));
    await symlink(join(home, 'other'), join(home, 'run'));
    await expect(readRuntime(home)).rejects.toMatchObject(refused('is a symbolic link'));
  });

  it.runIf(process.getuid?.() === 0)('is refused in a folder of another user', async () => {
    await chown(join(home, 'run'), 12345, 12345);
    await expect(readRuntime(home)).rejects.toMatchObject(refused('belongs to another user'));
  });

  it.each([
    ['{', 'not JSON'],
    ['[]', 'version'],
    ['null', 'not an object'],
    [{ ...good, version: 2 }, 'version'],
    [{ ...good, url: 'http://example.org:80' }, 'loopback'],
    [{ ...good, url: 'http://127.0.0.1:80@example.org' }, 'loopback'],
    [{ ...good, url: 'https://127.0.0.1:80' }, 'loopback'],
    [{ ...good, pid: 'x' }, 'pid'],
    [{ ...good, secret: secret.slice(1) }, 'secret'],
    ['x'.repeat(5000), 'too large'],
  ])('is refused with %j', async (content, text) => {
    await write(content);
    await expect(readRuntime(home)).rejects.toMatchObject(refused(text));
  });

  it('never appears in a refusal', async () => {
    await write({ ...good, version: 2 });
    await expect(readRuntime(home)).rejects.not.toMatchObject({
      message: expect.stringContaining(secret) as string,
    });
  });

  it('missing means that no gateway is running', async () => {
    await rm(runtimeFile(home));
    await expect(readRuntime(home)).rejects.toMatchObject({ code: exit.noGateway });
  });
});

describe('musterHome', () => {
  it('is MUSTER_HOME, else the platform’s state folder', () => {
    expect(musterHome({ MUSTER_HOME: '/m' }, 'linux', '/home/a')).toBe('/m');
    expect(musterHome({ XDG_STATE_HOME: '/s' }, 'linux', '/home/a')).toBe('/s/muster');
    expect(musterHome({ XDG_STATE_HOME: '' }, 'linux', '/home/a')).toBe('/home/a/.local/state/muster');
    expect(musterHome({}, 'linux', '/home/a')).toBe('/home/a/.local/state/muster');
    expect(musterHome({}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Application Support/Muster');
    expect(musterHome({ LOCALAPPDATA: 'L' }, 'win32', 'C')).toBe(join('L', 'Muster'));
  });
});
