import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './load.ts';

const read = (probe: string) => parseConfig(`connections: []\nprobe:\n${probe}\n`, '/etc/muster.yaml');

describe('S-15: ranges that bundle endpoints may be asked in', () => {
  it('are none unless they are named', () => {
    expect(parseConfig('connections: []\n', '/etc/muster.yaml').probe).toBeUndefined();
    expect(read('  allow: ["127.0.0.0/8", "fd00::/8"]').probe).toEqual({
      allow: ['127.0.0.0/8', 'fd00::/8'],
    });
  });

  it.each([
    ['  allow: ["127.0.0.0/33"]', 'probe.allow[0]'],
    ['  allow: ["127.0.0.1"]', 'probe.allow[0]'],
    ['  allow: ["0.0.0.0/8", "::/129"]', 'probe.allow[1]'],
    ['  allow: ["everything"]', 'probe.allow[0]'],
    ['  alow: ["127.0.0.0/8"]', 'probe.alow'],
  ])('%s is refused with its line and key', (text, key) => {
    try {
      read(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toContain(key);
    }
  });
});
