import { create } from '@bufbuild/protobuf';
import { LinkStatus, NetworkLinkSchema } from '@muster/api';
import { expect, it } from 'vitest';
import { linkStatus, nodeStatus } from './words.ts';

it('says why a node is not connected as the gateway tells it', () => {
  const node = { status: 'not-connected', direct: false, statusReason: 'It was forgotten. Restart it.' };
  expect(nodeStatus(node)).toMatchObject({ word: 'not connected', reason: 'It was forgotten. Restart it.' });
  expect(nodeStatus({ ...node, statusReason: '' }).reason).toMatch(/^The control plane knows it/u);
});

it('tells a link whose far end nobody took from one that waits', () => {
  const link = (destination: string) =>
    linkStatus(create(NetworkLinkSchema, { source: 'a/n', destination, status: LinkStatus.PENDING }));
  expect(link('').reason).toMatch(/^No node has taken its far end/u);
  expect(link('b/n').reason).toMatch(/^It waits/u);
});
