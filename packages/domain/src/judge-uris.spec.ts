import { describe, expect, it } from 'vitest';
import { utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import type { Kind } from './judge-types.ts';

const fails = async (kind: Kind, text: string) =>
  (await judge({ kind, input: utf8Encode(text), bundles: new Map(), at: new Date(0) })).fails;

describe('a bundle endpoint URL', () => {
  it.each<[string, string[]]>([
    ['https://example.org/bundle', []],
    ['https://example.org:8443/bundle?x=1', []],
    ['https://[::1]:8443/', []],
    ['http://example.org/bundle', ['F-01']],
    ['example.org/bundle', ['F-01']],
    ['https:example.org', ['F-01']],
    ['https:///bundle', ['F-01']],
    ['https://example.org:99999/', ['F-01']],
    ['https://user@example.org/', ['F-02']],
    ['https://@example.org/', ['F-02']],
    ['https://a\\@example.org/', ['F-01', 'F-02']],
    ['https://example.org/?a\\b', ['F-01']],
    ['https://example.org/#a\\b', ['F-01']],
    ['https://example.org/\n', ['F-01']],
    ['https://example.org/%zz', ['F-01']],
    ['https://exa{mple.org/', ['F-01']],
    ['https://example.org/a%20b', []],
    ['', ['F-01']],
  ])('%j fails %j', async (text, expected) =>
    expect(await fails('bundle-endpoint-url', text)).toEqual(expected),
  );
});

describe('a workload endpoint URI', () => {
  it.each<[string, string[]]>([
    ['unix:///run/spire/agent.sock', []],
    ['unix:/run/agent.sock', []],
    ['tcp://127.0.0.1:8000', []],
    ['tcp://[fe80::1]:8000', []],
    ['tcp://[::ffff:1.2.3.4]:1', []],
    ['http://127.0.0.1:8000', ['W-01']],
    ['/run/agent.sock', ['W-01']],
    ['unix:///run/agent/', []],
    ['unix:///', ['W-02']],
    ['unix:///run/agent.sock\n', ['W-01', 'W-02']],
    ['unix:///run/a gent.sock', ['W-01', 'W-02']],
    ['tcp://127.0.0.1:8000 ', ['W-01', 'W-03']],
    [' tcp://127.0.0.1:8000', ['W-01']],
    ['unix://run/agent.sock', ['W-02']],
    ['unix:run/agent.sock', ['W-02']],
    ['unix:///run/a.sock?x', ['W-02']],
    ['unix:///run/a.sock#', ['W-02']],
    ['unix:', ['W-02']],
    ['tcp://localhost:8000', ['W-03']],
    ['tcp://127.0.0.1', ['W-03']],
    ['tcp://127.0.0.1:', ['W-03']],
    ['tcp://127.0.0.1:0', ['W-03']],
    ['tcp://127.0.0.1:65536', ['W-03']],
    ['tcp://127.1:80', ['W-03']],
    ['tcp://01.2.3.4:80', ['W-03']],
    ['tcp://127.0.0.1:8000/', ['W-03']],
    ['tcp://u@127.0.0.1:8000', ['W-03']],
    ['tcp://[::1::2]:80', ['W-03']],
  ])('%j fails %j', async (text, expected) =>
    expect(await fails('workload-endpoint-uri', text)).toEqual(expected),
  );
});
