import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  GetEntryResponseSchema,
  GetRecordResponseSchema,
  ListChannelsResponseSchema,
  ListEntriesResponseSchema,
  ListNodesResponseSchema,
  ListSegmentsResponseSchema,
  PlanSchema,
  Severity,
} from '@muster/api';
import { describe, expect, it } from 'vitest';
import { planLines } from './plan-text.ts';
import { renderMessage } from './render.ts';
import { table } from './table.ts';

describe('table', () => {
  it('aligns columns by characters', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['ä', '1'],
          ['𝒳𝒳𝒳𝒳𝒳', '22'],
        ],
      ),
    ).toBe('NAME   N\nä      1\n𝒳𝒳𝒳𝒳𝒳  22');
  });

  it('shows control characters instead of obeying them', () => {
    expect(table(['a'], [['\u001b[31mred\u202e\n']])).toBe('A\n\\u{1b}[31mred\\u{202e}\\u{a}');
  });
});

describe('a response', () => {
  const entry = {
    spiffeId: 'spiffe://a.org/web',
    parentId: 'spiffe://a.org/agent',
    selectors: [
      { type: 'unix', value: 'uid:1' },
      { type: 'k8s', value: 'ns:web' },
    ],
    state: 2,
    expiresAt: timestampFromDate(new Date('2026-01-02T03:04:05Z')),
    id: 'e1',
  };

  it('is a table with its facts and its command', () => {
    const message = create(ListEntriesResponseSchema, {
      entries: [entry],
      total: 1n,
      selectorTypes: [{ value: 'unix', count: 1n }],
      command: { tool: 'spire-server', line: 'spire-server entry show' },
    });
    const text = renderMessage(ListEntriesResponseSchema, message).join('\n');
    expect(text).toContain(
      'spiffe://a.org/web  spiffe://a.org/agent  unix:uid:1 k8s:ns:web  no agent  2026-01-02T03:04:05Z  e1',
    );
    expect(text).toContain('total: 1');
    expect(text).toMatch(/\$ spire-server entry show$/u);
    expect(text).not.toContain('selector types');
  });

  it('says when there is nothing', () => {
    expect(renderMessage(ListEntriesResponseSchema, create(ListEntriesResponseSchema)).join('\n')).toContain(
      'No entries.\n\ntotal: 0',
    );
  });

  it('shows one thing as its fields, warnings last', () => {
    const message = create(GetEntryResponseSchema, {
      entry,
      warnings: [{ code: 'x', text: 'Nobody serves it.' }],
    });
    const text = renderMessage(GetEntryResponseSchema, message).join('\n');
    expect(text).toContain('entry:\n  id: e1\n  spiffe id: spiffe://a.org/web');
    expect(text).toMatch(/! Nobody serves it\.$/u);
  });

  it('gives the input that undoes a record as it is planned', () => {
    const message = create(GetRecordResponseSchema, {
      record: { id: 'r', inverse: 'member.remove' },
      inverseInput: { channel: 'a/b/c', members: ['a/b/x'] },
    });
    expect(renderMessage(GetRecordResponseSchema, message).join('\n')).toContain(
      'inverse input:\n  {"channel":"a/b/c","members":["a/b/x"]}',
    );
    const without = create(GetRecordResponseSchema, { record: { id: 'r' } });
    expect(renderMessage(GetRecordResponseSchema, without).join('\n')).not.toContain('inverse input');
  });

  it('tells of a network no less than slimctl: endpoints of nodes, links of segments, owners of channels', () => {
    const nodes = create(ListNodesResponseSchema, {
      nodes: [
        {
          connection: 'plane',
          id: 'yard/one',
          endpoints: [{ endpoint: '0.0.0.0:46357', tlsRequired: true, auth: 'spire' }],
          warnings: [{ text: 'It announces no external endpoint.', severity: Severity.WARNING }],
        },
      ],
    });
    const told = renderMessage(ListNodesResponseSchema, nodes).join('\n');
    expect(told).toMatch(/^plane +yard\/one +0\.0\.0\.0:46357 +yes +spire$/mu);
    expect(told).toMatch(/^plane +yard\/one +warning +It announces no external endpoint\.$/mu);
    const segments = create(ListSegmentsResponseSchema, {
      segments: [{ connection: 'plane', name: 'all', links: [{ domainA: 'yard', domainB: 'quay' }] }],
    });
    expect(renderMessage(ListSegmentsResponseSchema, segments).join('\n')).toMatch(
      /^plane +all +yard +quay$/mu,
    );
    const channels = create(ListChannelsResponseSchema, {
      channels: [{ name: 'a/b/room', owner: 'did:key:z6Mk', ownerAlias: 'ours', expiresAt: entry.expiresAt }],
    });
    expect(renderMessage(ListChannelsResponseSchema, channels).join('\n')).toMatch(
      /^a\/b\/room .* 2026-01-02T03:04:05Z +ours +did:key:z6Mk$/mu,
    );
  });
});

it('a plan says what changes, who is affected, what is risky and how to apply it', () => {
  const plan = create(PlanSchema, {
    digest: 'D',
    title: 'Delete 1 entry',
    destructive: true,
    targetDescription: 'east (a.org)',
    changes: [
      { verb: 'update', kind: 'entry', target: 'e1', fields: [{ field: 'hint', before: 'a', after: '' }] },
    ],
    effects: ['web loses its SVID at its next rotation.'],
    warnings: [{ code: 'last', text: 'It is the last one.', severity: Severity.DANGER }],
    commands: [{ line: 'spire-server entry delete -entryID e1' }],
  });
  const text = planLines(plan).join('\n');
  for (const part of [
    'Delete 1 entry (destructive)',
    'On east (a.org)',
    'hint: a → (not set)',
    '!! It is the last one. (last)',
    'web loses its SVID',
    '$ spire-server entry delete -entryID e1',
    'muster apply D',
  ])
    expect(text).toContain(part);
});
