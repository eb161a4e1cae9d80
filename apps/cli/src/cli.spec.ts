import { describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';

describe('muster', () => {
  it('explains itself', async () => {
    const { code, out } = await muster(['--help']);
    expect(code).toBe(0);
    for (const name of ['start', 'open', 'verify', 'compare', 'views', 'view', 'actions', 'plan', 'apply'])
      expect(out).toContain(`  ${name} `);
  });

  it.each(['start', 'open', 'verify', 'compare', 'views', 'view', 'actions', 'plan', 'apply'])(
    'explains %s',
    async (name) => {
      const [option, word] = [await inProcess([name, '--help']), await inProcess(['help', name])];
      expect(option.code).toBe(0);
      expect(option.out).toContain(`Usage: muster ${name}`);
      expect(word.out).toBe(option.out);
    },
  );

  it('says its version', async () => {
    expect((await muster(['--version'])).out).toMatch(/^muster \d+\.\d+\.\d+\n$/u);
  });

  it.each([
    [[], 'Usage: muster COMMAND'],
    [['veirfy'], 'did you mean "verify"?'],
    [['constructor'], 'There is no command "constructor"'],
    [['view', '--jsno', 'entries'], 'Unknown option \'--jsno\'. See "muster view --help".'],
    [['view', 'entreis'], 'did you mean "entries"?'],
    [['view', 'toString'], 'There is no view "toString"'],
    [['view'], 'Give one view'],
    [['plan', 'entry.create'], '--input FILE'],
    [['apply', 'short'], '43 characters'],
    [['start', '--prot', '1'], 'Unknown option'],
  ])('%j is a usage error', async (args, text) => {
    const { code, out, err } = await inProcess(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(text);
  });

  it.each([['view', 'entries'], ['actions'], ['open'], ['apply', 'a'.repeat(43)]])(
    'says that no gateway is running: %s',
    async (...args) => {
      const { code, err } = await inProcess(args);
      expect(code).toBe(3);
      expect(err).toContain('No gateway is running');
      expect(err).toContain('muster start');
    },
  );

  it('lists the views without a gateway', async () => {
    const { code, out } = await inProcess(['views', '--json']);
    expect(code).toBe(0);
    const { views } = JSON.parse(out) as { views: { name: string; params: string[] }[] };
    expect(views.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...['connections', 'entries', 'entry', 'agents', 'bundles', 'channels', 'members', 'sessions'],
      ]),
    );
    expect(views.find(({ name }) => name === 'entries')?.params).toContain('page.limit');
  });
});
