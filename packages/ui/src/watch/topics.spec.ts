import type { DescMethodUnary } from '@bufbuild/protobuf';
import { Topic, views } from '@muster/api';
import { createConnectQueryKey } from '@connectrpc/connect-query';
import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { invalidateTopic } from './topics.ts';

/** Asked for by a click, or made anew at each look: nothing that is told of makes them out of date. */
const ASKED = new Set(['bundle-diff', 'generators', 'import-preview', 'inspect-endpoint', 'server']);

it('every view is read again when some topic is told of', () => {
  const client = new QueryClient();
  const all: Record<string, DescMethodUnary> = views;
  const keys = Object.entries(all).map(
    ([name, schema]) => [name, createConnectQueryKey({ schema, cardinality: undefined })] as const,
  );
  for (const [, key] of keys) client.setQueryData(key, {});
  for (const topic of Object.values(Topic)) if (typeof topic === 'number') invalidateTopic(client, topic);
  const never = keys.filter(([, key]) => client.getQueryState(key)?.isInvalidated !== true);
  expect(never.map(([name]) => name).filter((name) => !ASKED.has(name))).toEqual([]);
});
