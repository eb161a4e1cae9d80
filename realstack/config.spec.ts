import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { otherEntries, ownEntries } from './entries.ts';
import { planLayout, type Layout } from './layout.ts';
import { musterConfig } from './muster-config.ts';
import { channelManagerConfig, controlPlaneConfig, nodeConfig } from './slim-config.ts';

let layout: Layout;

beforeAll(async () => {
  layout = await planLayout(mkdtempSync(join(tmpdir(), 'muster-')));
});

afterAll(() => rmSync(layout.dir, { recursive: true }));

test('every server has a port of its own', () => {
  const { a, b, slim } = layout;
  const ports = [
    a.serverPort,
    a.bundlePort,
    b.serverPort,
    b.bundlePort,
    slim.northPort,
    slim.southPort,
    slim.managerPort,
  ].concat(Object.values(slim.nodes).flatMap((node) => [node.dataPort, node.controllerPort]));
  expect(new Set(ports).size).toBe(11);
});

test('the console is told of every connection', () => {
  const { connections } = parse(musterConfig(layout)) as { connections: { name: string; kind: string }[] };
  expect(connections.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'org-a spire-server',
    'org-a-agent workload-api',
    'org-b spire-server',
    'org-b-agent workload-api',
    'control-plane slim-control-plane',
    'channel-manager channel-manager',
    'node-a slim-node',
    'node-b slim-node',
  ]);
});

test('the SLIM configurations are YAML that refers to the chosen ports', () => {
  const { slim } = layout;
  expect(parse(controlPlaneConfig(slim))).toMatchObject({
    northbound: { endpoint: `127.0.0.1:${slim.northPort}` },
    topology: {},
  });
  expect(parse(nodeConfig(slim, 'b'))).toMatchObject({
    services: { 'slim/0': { node_id: 'node-b', domain_name: 'domain-b' } },
  });
  expect(parse(channelManagerConfig(slim))).toMatchObject({
    'channel-manager': {
      'slim-connection': { endpoint: `http://127.0.0.1:${slim.nodes.a.dataPort}` },
      channels: [],
    },
  });
});

test('entries are of their own trust domain and no two are similar', () => {
  for (const [plan, other] of [
    [layout.a, layout.b],
    [layout.b, layout.a],
  ] as const) {
    const entries = [...ownEntries(plan, other, 1000), ...otherEntries(plan, other)];
    const prefix = `spiffe://${plan.trustDomain}/`;
    expect(
      entries.every((entry) => entry.spiffe_id.startsWith(prefix) && entry.parent_id.startsWith(prefix)),
    ).toBe(true);
    const keys = entries.map((entry) => JSON.stringify([entry.spiffe_id, entry.parent_id, entry.selectors]));
    expect(new Set(keys).size).toBe(entries.length);
  }
});
