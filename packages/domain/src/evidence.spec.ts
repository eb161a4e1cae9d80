import * as yaml from 'yaml';
import { describe, expect, it } from 'vitest';
import { type EvidenceKind, evidenceLimits, readEvidence, withholdSecrets } from './evidence.ts';
import { formatSelector } from './selector.ts';

const read = (text: string, kind?: EvidenceKind) =>
  readEvidence(text, { yaml: () => Promise.resolve(yaml), ...(kind && { kind }) });
const evidence = async (text: string, kind?: EvidenceKind) => {
  const found = await read(text, kind);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
};
const selectors = async (text: string, kind?: EvidenceKind) =>
  (await evidence(text, kind)).workloads[0]?.selectors.map(formatSelector) ?? [];
const problem = async (text: string, kind?: EvidenceKind) => {
  const found = await read(text, kind);
  return found.ok ? '' : found.problem.code;
};

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: trainer, namespace: training}
spec:
  template:
    metadata:
      labels: {app: trainer, round: "007", on: yes}
    spec:
      serviceAccountName: trainer
      securityContext: {runAsUser: 1000}
      initContainers: [{name: setup, image: "setup:1"}]
      containers:
        - {name: main, image: "example.org/trainer:1.10", env: [{name: DB_PASSWORD, value: hunter2}]}
        - {name: side, image: side:2}
`;

describe('a pod', () => {
  it('gives the selectors of each container of a template, as written', async () => {
    const found = await evidence(DEPLOYMENT);
    expect(found.kind).toBe('pod');
    expect(found.workloads.map(({ name }) => name)).toEqual(['container main', 'container side']);
    expect(found.workloads[0]?.selectors.map(formatSelector)).toEqual([
      'k8s:ns:training',
      'k8s:sa:trainer',
      'k8s:pod-label:app:trainer',
      'k8s:pod-label:round:007',
      'k8s:pod-label:on:yes',
      'k8s:pod-image-count:2',
      'k8s:pod-init-image-count:1',
      'k8s:pod-image:example.org/trainer:1.10',
      'k8s:pod-image:side:2',
      'k8s:pod-init-image:setup:1',
      'k8s:container-name:main',
      'k8s:container-image:example.org/trainer:1.10',
      'unix:uid:1000',
    ]);
    for (const unknown of ['k8s:pod-name', 'k8s:pod-uid', 'k8s:node-name', 'k8s:pod-owner', 'unix'])
      expect(found.workloads[0]?.unknown).toContain(unknown);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
  it('gives what a running pod shows, in JSON', async () => {
    const pod = {
      kind: 'Pod',
      metadata: {
        name: 'trainer-0',
        uid: 'u-1',
        labels: {},
        ownerReferences: [{ kind: 'StatefulSet', name: 'trainer', uid: 'o-1' }],
      },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'nginx' }] },
      status: {
        containerStatuses: [
          { name: 'main', image: 'docker.io/library/nginx:1', imageID: 'docker.io/library/nginx@sha256:ab' },
        ],
      },
    };
    const found = await evidence(JSON.stringify(pod));
    const texts = found.workloads[0]?.selectors.map(formatSelector);
    for (const wanted of [
      'k8s:ns:default',
      'k8s:sa:default',
      'k8s:node-name:node-1',
      'k8s:pod-name:trainer-0',
      'k8s:pod-uid:u-1',
      'k8s:pod-owner:StatefulSet:trainer',
      'k8s:pod-owner-uid:StatefulSet:o-1',
      'k8s:container-image:docker.io/library/nginx:1',
      'k8s:container-image:docker.io/library/nginx@sha256:ab',
      'k8s:pod-image-count:1',
      'k8s:pod-init-image-count:0',
    ])
      expect(texts).toContain(wanted);
    expect(found.notes.join(' ')).toMatch(/names no namespace.*names no service account/u);
    expect(found.workloads[0]?.unknown).not.toContain('k8s:container-image');
  });
  it.each([
    [
      'List',
      'kind: List\nitems: [{kind: Pod, spec: {containers: [{name: a}]}}, {kind: Pod, spec: {containers: [{name: b}]}}]',
      2,
    ],
    [
      'CronJob',
      'kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}',
      1,
    ],
    ['several documents', 'kind: Service\nspec: {}\n---\nkind: Pod\nspec: {containers: [{name: a}]}', 1],
  ])('is found in a %s', async (_name, text, count) => {
    expect((await evidence(text)).workloads).toHaveLength(count);
  });
  it('is not found where there is none', async () => {
    expect(await problem('kind: Service\nspec: {ports: []}')).toBe('evidence-nothing');
    expect(await problem('{"kind":"Service"}')).toBe('evidence-kind');
  });
});

describe('hostile documents', () => {
  // What takes more than linear time here ends at the limit of a test: these texts are long enough for that.
  const ends = problem;
  it('refuses 5 MB before reading it', async () => {
    expect(await ends(`kind: Pod\n# ${'x'.repeat(5_000_000)}`)).toBe('evidence-size');
  });
  it('refuses an alias bomb', async () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [lol]'
        : `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
    );
    expect(await ends(`kind: Pod\n${levels.join('\n')}`)).toMatch(/^yaml-/u);
    expect(await ends('kind: Pod\na: &a [*a]')).toMatch(/^(?:yaml-|evidence-nothing)/u);
    const few = Array.from({ length: 32 }, (_, i) =>
      i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`,
    );
    expect(await ends(`kind: Pod\n${few.join('\n')}`)).toMatch(/^yaml-/u);
  });
  it('refuses what is nested too deep, too long, or broken', async () => {
    expect(await ends(`kind: Pod\na: ${'['.repeat(20_000)}`)).toMatch(/^yaml-/u);
    expect(await ends(`[${'['.repeat(50_000)}`)).toBe('json-syntax');
    expect(await ends('kind: Pod\nspec: {a: 1')).toBe('yaml-syntax');
    expect(await ends(`kind: Pod\n${'- '.repeat(100_000)}`)).toMatch(/^yaml-/u);
    expect(await ends(`kind: Pod\n${'# x\n'.repeat(100_000)}`)).toBe('yaml-size');
  });
  it('S-25: takes members named like prototypes as names', async () => {
    const text =
      'kind: Pod\nmetadata: {labels: {__proto__: x, constructor: y}}\nspec: {containers: [{name: a}]}';
    expect(await selectors(text)).toEqual(
      expect.arrayContaining(['k8s:pod-label:__proto__:x', 'k8s:pod-label:constructor:y']),
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
  it('S-37: reads long hostile lines in time', async () => {
    for (const text of [
      `PID attested to have selectors selectors="[${'type:\\"a'.repeat(50_000)}`,
      `PID attested to have selectors selectors="[${'\\'.repeat(400_000)}`,
      `uid=${'1'.repeat(400_000)}`,
      `kind: Pod\na: ${' *'.repeat(100_000)}`,
      `${'a,'.repeat(200_000)}`,
      `No identity issued selectors=${'a:b,'.repeat(100_000)}`,
    ])
      await ends(text);
  });
});

describe('docker inspect', () => {
  const container = {
    Name: '/trainer',
    Image: `sha256:${'ab'.repeat(32)}`,
    Config: {
      Image: 'example.org/trainer:1',
      User: '1000:1001',
      Labels: { app: 'trainer' },
      Env: ['ROLE=trainer', 'EMPTY=', 'API_TOKEN=s3cret', 'DB=postgres://u:pw@db/x', 'PATH=/bin'],
    },
  };
  it('gives labels, environment, image and numeric user', async () => {
    const found = await evidence(JSON.stringify([container]));
    expect(found.kind).toBe('docker');
    expect(found.workloads[0]?.selectors.map(formatSelector)).toEqual([
      'docker:label:app:trainer',
      'docker:env:ROLE=trainer',
      'docker:env:EMPTY=',
      'docker:env:API_TOKEN=s3cret',
      'docker:env:DB=postgres://u:pw@db/x',
      'docker:env:PATH=/bin',
      'docker:image_id:example.org/trainer:1',
      `docker:image_config_digest:sha256:${'ab'.repeat(32)}`,
      'unix:uid:1000',
      'unix:gid:1001',
    ]);
  });
  it('S-21: keeps back variables that look like secrets, which are then unknown', async () => {
    const found = await evidence(JSON.stringify(container));
    const [first] = found.workloads;
    if (!first) throw new Error('no workload');
    const { workload, withheld } = withholdSecrets(first);
    expect(withheld).toEqual(['API_TOKEN', 'DB']);
    expect(JSON.stringify(workload)).not.toMatch(/s3cret|pw@/u);
    expect(workload.unknown).toEqual(expect.arrayContaining(['docker:env:API_TOKEN', 'docker:env:DB']));
    expect(workload.selectors.map(formatSelector)).toContain('docker:env:ROLE=trainer');
  });
  it('says what is needed when it is of something else', async () => {
    expect(await problem('[{"Id":"x"}]', 'docker')).toBe('evidence-nothing');
  });
});

describe('an agent’s log', () => {
  const text = String.raw`time="2026-11-22T10:00:00Z" level=debug msg="PID attested to have selectors" pid=41 selectors="[type:\"unix\"  value:\"uid:1000\" type:\"unix\" value:\"path:/opt/a \\\"b\\\"\"]" subsystem_name=workload_attestor`;
  it('is read as text, with one or two spaces and quotes inside', async () => {
    expect(await selectors(text)).toEqual(['unix:uid:1000', 'unix:path:/opt/a "b"']);
    expect((await evidence(text)).workloads[0]).toMatchObject({ name: 'process 41', unknown: [] });
  });
  it('is read as JSON', async () => {
    const line = JSON.stringify({
      level: 'debug',
      msg: 'PID attested to have selectors',
      pid: 7,
      selectors: [{ type: 'k8s', value: 'ns:a' }],
    });
    expect(await selectors(line)).toEqual(['k8s:ns:a']);
  });
  it('uses the newest line of each process', async () => {
    const newer = text.replace('uid:1000', 'uid:1001');
    const found = await evidence(`noise\n${text}\n${newer}\n${text.replace('pid=41', 'pid=42')}\n`);
    expect(found.workloads.map(({ name }) => name)).toEqual(['process 42', 'process 41']);
    expect(found.workloads[1]?.selectors[0]?.value).toBe('uid:1001');
  });
  it('reads the refusal with what log_selectors shows, the rest unknown', async () => {
    const line =
      'level=error msg="No identity issued" pid=9 registered=false selectors="k8s:ns:a,k8s:pod-label:x:1,2"';
    const found = await evidence(line);
    expect(found.workloads[0]).toMatchObject({ unknown: ['*'] });
    expect(found.workloads[0]?.selectors.map(formatSelector)).toEqual(['k8s:ns:a', 'k8s:pod-label:x:1,2']);
  });
  it('says where such lines come from', async () => {
    expect(await problem('level=info msg="Starting agent"', 'log')).toBe('evidence-nothing');
  });
});

describe('a process', () => {
  it('is read from id', async () => {
    expect(await selectors('uid=1000(alice) gid=1000(alice) groups=1000(alice),27(sudo)')).toEqual([
      'unix:uid:1000',
      'unix:user:alice',
      'unix:gid:1000',
      'unix:group:alice',
      'unix:supplementary_gid:1000',
      'unix:supplementary_group:alice',
      'unix:supplementary_gid:27',
      'unix:supplementary_group:sudo',
    ]);
  });
  it('is read from /proc/PID/status, by the effective IDs', async () => {
    const found = await evidence('Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t9 10 \n');
    expect(found.workloads[0]?.selectors.map(formatSelector)).toEqual([
      'unix:uid:2',
      'unix:gid:6',
      'unix:supplementary_gid:9',
      'unix:supplementary_gid:10',
    ]);
    expect(found.workloads[0]?.unknown).toContain('unix:user');
  });
  it('is read from lines', async () => {
    expect(await selectors('uid: 0\nuser = root\npath=/usr/bin/a b')).toEqual([
      'unix:uid:0',
      'unix:user:root',
      'unix:path:/usr/bin/a b',
    ]);
  });
});

describe('selectors', () => {
  it('are read one a line, also as flags, without repeats and comments', async () => {
    expect(
      await selectors('# mine\n unix:uid:1 \n-selector k8s:ns:a\n"docker:label:a:b"\nunix:uid:1\n'),
    ).toEqual(['unix:uid:1', 'k8s:ns:a', 'docker:label:a:b']);
  });
  it('name the line that is none', async () => {
    const found = await read('unix:uid:1\nnonsense', 'selectors');
    expect(!found.ok && found.problem.message).toMatch(/^Line 2, “nonsense”/u);
    expect(
      await problem(
        Array.from({ length: evidenceLimits.selectors + 1 }, (_, i) => `unix:uid:${i}`).join('\n'),
      ),
    ).toBe('evidence-selectors');
    expect(await problem('  \n ')).toBe('evidence-empty');
    expect(await problem('# only\n')).toBe('evidence-empty');
  });
});
