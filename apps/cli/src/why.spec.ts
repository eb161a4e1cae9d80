import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  ChainStepKind,
  type ExplainRequest,
  ExplainResponseSchema,
  SelectorVerdict,
  WhyService,
} from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { type StandIn, startStandIn } from './testing/stand-in.ts';

type Answer = MessageInitShape<typeof ExplainResponseSchema>;

const issued: Answer = { hasIdentity: true, verdict: 'It gets spiffe://a.example/web.', matching: 1n };
const missed: Answer = {
  hasIdentity: false,
  verdict: 'It gets none: no entry of org-a matches.',
  candidates: [
    {
      entry: { connection: 'org-a', id: 'e-1', spiffeId: 'spiffe://a.example/web' },
      selectors: [
        {
          wanted: { type: 'unix', value: 'uid:1000' },
          verdict: SelectorVerdict.VALUE_DIFFERS,
          has: 'uid:1001',
          text: 'it has uid:1001',
        },
        { wanted: { type: 'unix', value: 'gid:7' }, verdict: SelectorVerdict.CANNOT_TELL },
      ],
      chain: [
        { id: 'spiffe://a.example/host', kind: ChainStepKind.ALIAS, text: 'an alias of 1 agent', ok: true },
        { id: 'spiffe://a.example/agent', kind: ChainStepKind.AGENT, text: 'expired', ok: false },
      ],
    },
  ],
  advice: [
    {
      code: 'create-entry',
      title: 'Create an entry',
      text: 'Of these selectors.',
      snippet: 'unix:uid:1001\n',
    },
  ],
  warnings: [{ text: 'No attestor makes unix:uidd.' }],
  bounded: 'Only 100,000 entries were looked at.',
};

const asked: ExplainRequest[] = [];
let answer: Answer;
let refuse: ConnectError | undefined;
let gateway: StandIn;
let folder: string;
beforeEach(async () => {
  asked.length = 0;
  answer = issued;
  refuse = undefined;
  folder = mkdtempSync(join(tmpdir(), 'why-'));
  gateway = await startStandIn((router) => {
    router.service(WhyService, {
      explain: (request) => {
        asked.push(request);
        if (refuse) throw refuse;
        return answer;
      },
    });
  });
});
afterEach(() => gateway.close());

const why = (...args: string[]) => inProcess(['why', ...args], gateway.home);
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const selectors = (): string[] => (asked[0]?.selectors ?? []).map(({ type, value }) => `${type}:${value}`);

const pod = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  nodeName: node-1
  containers:
    - { name: main, image: "registry.example/web:1" }
    - { name: side, image: "registry.example/side:1" }
`;
const container = JSON.stringify([
  {
    Id: 'c0ffee',
    Name: '/job',
    Config: {
      Image: 'registry.example/job:1',
      Labels: { app: 'job' },
      Env: ['LANG=C', 'DB_PASSWORD=hunter2'],
    },
  },
]);

describe('the evidence', () => {
  it('of --selectors is taken from one text or several, values with spaces and colons whole', async () => {
    const { code } = await why(
      '--selectors',
      'unix:uid:1000 docker:label:app:big job',
      '--selectors',
      'k8s:ns:shop',
    );
    expect(code).toBe(0);
    expect(selectors()).toEqual(['unix:uid:1000', 'docker:label:app:big job', 'k8s:ns:shop']);
  });

  it('of a pod is of its first container, says so, and of another by its name', async () => {
    const path = file('pod.yaml', pod);
    const first = await why('--pod', path);
    expect(first.out).toMatch(/Looked at .*main; there is one more: --of NAME/);
    expect(selectors()).toEqual(
      expect.arrayContaining(['k8s:ns:shop', 'k8s:sa:web', 'k8s:container-name:main']),
    );
    asked.length = 0;
    await why('--pod', path, '--of', 'side');
    expect(selectors()).toContain('k8s:container-name:side');
    expect(selectors()).not.toContain('k8s:container-name:main');
  });

  it('of docker keeps here what looks like a secret, and says its name only', async () => {
    const path = file('inspect.json', container);
    const { out, err } = await why('--docker', path);
    expect(selectors()).toEqual(expect.arrayContaining(['docker:label:app:job', 'docker:env:LANG=C']));
    expect(asked[0]?.unknown).toEqual(expect.arrayContaining([expect.stringContaining('DB_PASSWORD')]));
    const all = JSON.stringify(asked) + out + err;
    expect(all).not.toContain('hunter2');
    expect(out).toMatch(/Kept here, as they look like secrets: .*DB_PASSWORD/);
    asked.length = 0;
    await why('--docker', path, '--with-secrets');
    expect(selectors()).toContain('docker:env:DB_PASSWORD=hunter2');
  });

  it('of a process is read from its status', async () => {
    await why('--process', file('status', 'Name:\tjob\nUid:\t1000\t1000\t1000\t1000\nGid:\t7\t7\t7\t7\n'));
    expect(selectors()).toEqual(expect.arrayContaining(['unix:uid:1000', 'unix:gid:7']));
  });

  it('is not needed for an entry or an ID', async () => {
    answer = { candidates: [{ chain: [{ ok: true }, { ok: true }] }] };
    expect(
      (await why('--entry', 'e-1', '--connection', 'org-a', '--agent', 'spiffe://a.example/agent')).code,
    ).toBe(0);
    expect(asked[0]).toMatchObject({
      entryId: 'e-1',
      connection: 'org-a',
      agentId: 'spiffe://a.example/agent',
      selectors: [],
    });
    answer = { candidates: [{ chain: [{ ok: true }, { ok: false }] }] };
    expect((await why('--entry', 'e-1')).code).toBe(1);
    answer = { candidates: [] };
    expect((await why('--expect', 'spiffe://a.example/web')).code).toBe(1);
  });
});

describe('the answer', () => {
  it('is the verdict, what to do, and the entries it rests on, selector by selector and step by step', async () => {
    answer = missed;
    const { code, out } = await why('--selectors', 'unix:uid:1001');
    expect(code).toBe(1);
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'It gets none: no entry of org-a matches.',
      '! No attestor makes unix:uidd.',
      '',
      'What to do:',
      '1. Create an entry. Of these selectors.',
      '     unix:uid:1001',
      '',
      'spiffe://a.example/web  [near miss]  e-1 on org-a',
      '  SELECTOR       WORKLOAD',
      '  unix:uid:1000  other value  it has uid:1001',
      '  unix:gid:7     cannot tell',
      '  ✓ alias spiffe://a.example/host: an alias of 1 agent',
      '  ✗ agent spiffe://a.example/agent: expired',
      '',
      'Only 100,000 entries were looked at.',
      '',
    ]);
  });

  it('shows the five nearest, and says how many more there are', async () => {
    answer = {
      ...missed,
      candidates: Array.from({ length: 8 }, (_, index) => ({ entry: { id: `e-${index}` } })),
    };
    const { out } = await why('--selectors', 'unix:uid:1001');
    expect(out).toContain('e-4 on');
    expect(out).not.toContain('e-5 on');
    expect(out).toContain('And 3 more: --json has them.');
  });

  it('moves no terminal, whatever the server says', async () => {
    answer = {
      verdict: 'It\u001b[2Jgets',
      candidates: [
        {
          entry: { spiffeId: 'spiffe://a.example/\u001b]0;x\u0007', id: '\r\nforged' },
          selectors: [{ wanted: { type: 'unix', value: '\u001b[31muid' }, text: '\u009b31m' }],
          chain: [{ id: '\u202eid', text: '\u001b[1m' }],
        },
      ],
      advice: [{ title: '\u001b[1mt', text: '\u0007', snippet: '\u001b[31ms' }],
      bounded: '\u001b[2K',
    };
    const { out } = await why('--selectors', 'unix:uid:1');
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
    expect(out).not.toMatch(/^forged/mu);
  });

  it('is proto JSON for programs, with the same exit code', async () => {
    answer = missed;
    const { code, out } = await why('--selectors', 'unix:uid:1001', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      hasIdentity: false,
      matching: '0',
      candidates: [{ entry: { id: 'e-1' }, selectors: [{ verdict: 'SELECTOR_VERDICT_VALUE_DIFFERS' }, {}] }],
    });
  });

  it('of a gateway that refuses is an error, in its words', async () => {
    refuse = new ConnectError('connection: there is no connection nobody.', Code.InvalidArgument);
    const { code, out, err } = await why('--selectors', 'unix:uid:1', '--connection', 'nobody');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('there is no connection nobody');
  });
});

describe('bad use', () => {
  it.each<[string[], RegExp]>([
    [[], /Give evidence, or --entry or --expect/],
    [['unix:uid:1'], /"unix:uid:1" is not expected\. Selectors go behind --selectors/],
    [['--selectors', 'a:b', '--pod', 'x'], /one kind of evidence/],
    [['--pod', 'x', '--docker', 'y'], /one kind of evidence/],
    [['--selectors', 'nothing'], /nothing/],
    [['--pod', '/nonexistent/pod.yaml'], /pod\.yaml/],
    [['--nope'], /nope/],
  ])('%j ends with 2, and asks nobody', async (args, words) => {
    const { code, err } = await why(...args);
    expect(code).toBe(2);
    expect(err).toMatch(words);
    expect(asked).toEqual([]);
  });

  it('of --of names what there is', async () => {
    const { code, err } = await why('--pod', file('pod.yaml', pod), '--of', 'nobody');
    expect(code).toBe(2);
    expect(err).toMatch(/There is no "nobody" in it; there are ".*main", ".*side"/);
  });

  it('of a document that is no such evidence says what is wrong', async () => {
    const { code, err } = await why('--docker', file('not.json', '{"half":'));
    expect(code).toBe(2);
    expect(err.trim()).not.toBe('');
    expect(asked).toEqual([]);
  });
});
