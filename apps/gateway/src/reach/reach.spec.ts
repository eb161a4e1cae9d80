import { Code } from '@connectrpc/connect';
import { ReachState } from '@muster/api';
import type { ReachResponse, ReachStep } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import { planeA, planeE } from '../upstream/control-plane/testing/planes.ts';
import { until } from '../upstream/testing/wait.ts';
import { reachOn, staged } from './testing/console.ts';
import {
  ada,
  amy,
  ben,
  cleo,
  moderatorOf,
  nodeA,
  nodeA2,
  nodeB,
  nodeC,
  pairOf,
  room,
  uuidOf,
} from './testing/network.ts';
import type { Staged } from './testing/network.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function network(...given: Parameters<typeof staged>) {
  const made = await staged(...given);
  closing.push(made.close);
  return made;
}

const wrong = ({ steps, firstWrong }: ReachResponse): ReachStep | undefined =>
  firstWrong === undefined ? undefined : steps[firstWrong];
const stateOf = ({ steps }: ReachResponse, kind: string) =>
  steps.filter((step) => step.kind === kind).map(({ state }) => ReachState[state]);

describe('from one name to another', () => {
  it('reaches over a link, and says what it saw on each hop and on the way back', async () => {
    const { reach } = await network();
    const answer = await reach.explain({ from: ada, to: ben });
    expect(answer).toMatchObject({
      verdict: 'reaches',
      path: [nodeA, nodeB],
      links: [pairOf(nodeA, nodeB)],
      connection: 'plane',
    });
    expect(answer.firstWrong).toBeUndefined();
    expect(answer.summary).toMatch(/^org\/ns\/ada should reach org\/ns\/ben: .* Not known: Identity/u);
    expect(answer.steps.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      `node: ${ada} on ${nodeA}`,
      `node: ${ben} on ${nodeB}`,
      `link: Link between ${nodeA} and ${nodeB}`,
      `route: Route to ${ben} on ${nodeA}`,
      `route: Way back: route to ${ada} on ${nodeB}`,
      `node-truth: Node’s own route to ${ben} on ${nodeA}`,
      `node-truth: Connection to ${ben} on ${nodeB}`,
      `node-truth: Way back: node’s own route to ${ada} on ${nodeB}`,
      'identity: Identity of 2 names',
      'trust: Trust between the two sides',
    ]);
    expect(answer.steps.every(({ remedies }) => remedies.length === 0)).toBe(true);
    expect(answer.places).toMatchObject([
      { node: nodeA, domain: 'domain-a', members: 1, names: [ada] },
      { node: nodeB, domain: 'domain-b', members: 1, names: [ben] },
    ]);
  });

  it('reaches over a node in between', async () => {
    const { reach } = await network(({ links, routes }) => {
      links.set(pairOf(nodeA, nodeB), { status: 4 });
      routes.set(`${ben} on ${nodeA}`, { status: 1 });
      routes.set(`${ada} on ${nodeB}`, { status: 1 });
    });
    const answer = await reach.explain({ from: ada, to: ben });
    expect(answer.path).toEqual([nodeA, nodeA2, nodeB]);
  });

  it('needs no link where both are on one node', async () => {
    const { reach } = await network(({ apps }) =>
      apps.push({ name: 'org/ns/abe', instance: 9n, node: nodeA }),
    );
    const answer = await reach.explain({ from: ada, to: 'org/ns/abe' });
    expect(answer).toMatchObject({ verdict: 'reaches', path: [nodeA], links: [] });
    expect(answer.steps.find(({ kind }) => kind === 'link')?.detail).toMatch(/no link is needed/u);
  });

  it('says that no segment joins two domains, and has the action that does', async () => {
    const { reach, plane } = await network();
    const answer = await reach.explain({ from: ada, to: cleo });
    expect(answer.verdict).toBe('does-not');
    const step = wrong(answer);
    expect(step).toMatchObject({ kind: 'link', nodes: [nodeA, nodeC] });
    expect(step?.detail).toMatch(/^No segment links the domains domain-a and domain-c/u);
    expect(stateOf(answer, 'route')).toEqual(['NOT_ASKED', 'NOT_ASKED']);
    expect(answer.path).toEqual([nodeA, nodeC]);
    expect(step?.remedies).toMatchObject([
      {
        action: 'link.add',
        input: JSON.stringify({
          connection: 'plane',
          segment: 'all',
          domain_a: 'domain-a',
          domain_b: 'domain-c',
        }),
      },
    ]);
    plane.segments.get('all')?.add('domain-a|domain-c');
    const mended = await until(
      () => reach.explain({ from: ada, to: cleo }),
      ({ verdict }) => verdict === 'reaches',
    );
    expect(mended.path).toEqual([nodeA, nodeC]);
  }, 20_000);

  it('offers a segment first where there is none', async () => {
    const { reach, plane } = await network();
    plane.segments.clear();
    const answer = await until(
      () => reach.explain({ from: ada, to: ben }),
      (one) => wrong(one)?.kind === 'link',
    );
    expect(wrong(answer)?.remedies).toMatchObject([
      { action: 'segment.add', input: JSON.stringify({ connection: 'plane', name: 'domain-a-domain-b' }) },
      { action: '' },
    ]);
  }, 20_000);

  it.each([
    [3, 'handshake failed', /^It could not be made\. It says: handshake failed\./u],
    [1, '', /^It is pending/u],
  ])(
    'says that a link was not made, with the server’s own words (status %i)',
    async (status, statusMsg, words) => {
      const { reach } = await network(({ links, closed }) => {
        for (const from of [nodeA, nodeA2]) links.set(pairOf(from, nodeB), { status, statusMsg });
        closed.add(nodeB);
      });
      const step = wrong(await reach.explain({ from: ada, to: ben }));
      expect(step).toMatchObject({ kind: 'link', nodes: [nodeA, nodeB] });
      expect(step?.detail).toMatch(words);
      expect(step?.remedies[0]?.title).toMatch(/^Give domain-b\/one an external_endpoint/u);
      expect(step?.link).toMatch(/^\/network\?open=link&id=/u);
    },
  );

  it('says that a node is not connected', async () => {
    const { reach } = await network(({ away }) => away.add(nodeB));
    const step = wrong(await reach.explain({ from: ada, to: ben }));
    expect(step).toMatchObject({ kind: 'node', title: `${ben} on ${nodeB}` });
    expect(step?.detail).toMatch(/is not connected to plane/u);
  });

  it.each([
    [{ status: 2, statusMsg: 'no such connection' }, /^Failed\. It says: no such connection\./u],
    [{ status: 4, lastUpdated: 1_700_000_000n }, /^Pending for more than a minute/u],
    ['none' as const, /made no route of it for domain-a\/one/u],
  ])('says that a route is not in place (%o)', async (said, words) => {
    const { reach } = await network(({ routes, lost }) => {
      routes.set(`${ben} on ${nodeA}`, said);
      lost.add(`${ben} on ${nodeA}`);
    });
    const step = wrong(await reach.explain({ from: ada, to: ben }));
    expect(step).toMatchObject({ kind: 'route', title: `Route to ${ben} on ${nodeA}` });
    expect(step?.detail).toMatch(words);
  });

  it('finds what the control plane calls applied and its node has lost', async () => {
    const { reach } = await network(({ lost }) => lost.add(`${ben} on ${nodeA}`));
    const answer = await reach.explain({ from: ada, to: ben });
    expect(stateOf(answer, 'route')).toEqual(['GOOD', 'GOOD']);
    const step = wrong(answer);
    expect(step).toMatchObject({ kind: 'node-truth', nodes: [nodeA, nodeB] });
    expect(step?.detail).toMatch(/applied, and the node does not have it/u);
    expect(step?.remedies.map(({ action }) => action)).toEqual(['', 'link.remove']);
  });

  it('finds a way back that is lost', async () => {
    const { reach } = await network(({ lost }) => lost.add(`${ada} on ${nodeB}`));
    expect(wrong(await reach.explain({ from: ada, to: ben }))?.title).toBe(
      `Way back: node’s own route to ${ada} on ${nodeB}`,
    );
  });

  it('finds that an application has gone from the node that is told to have it', async () => {
    const { reach } = await network(({ lost }) => lost.add(`${ben} on ${nodeB}`));
    const step = wrong(await reach.explain({ from: ada, to: ben }));
    expect(step?.title).toBe(`Connection to ${ben} on ${nodeB}`);
    expect(step?.detail).toMatch(/has stopped, or lost its node/u);
  });

  it('does not know where a node does not answer', async () => {
    const { reach } = await network(({ silent }) => silent.add(nodeA));
    const answer = await reach.explain({ from: ada, to: ben });
    expect(answer).toMatchObject({ verdict: 'unknown' });
    expect(answer.summary).toMatch(/^Whether org\/ns\/ada reaches org\/ns\/ben is not known\./u);
    expect(
      answer.steps.find(({ kind, state }) => kind === 'node-truth' && state === ReachState.UNKNOWN)?.detail,
    ).toMatch(/^domain-a\/one did not answer\. /u);
  });

  it('says that nobody has a name, and which names are like it', async () => {
    const { reach } = await network();
    const step = wrong(await reach.explain({ from: ada, to: 'org/other/ben' }));
    expect(step).toMatchObject({ kind: 'node', title: 'Node of org/other/ben' });
    expect(step?.detail).toMatch(/There is org\/ns\/ben\.$/u);
  });

  it('tells an instance that is gone from one that is there', async () => {
    const { reach } = await network();
    expect(await reach.explain({ from: ada, to: `${ben}/${uuidOf(3n)}` })).toMatchObject({
      verdict: 'reaches',
    });
    const step = wrong(await reach.explain({ from: ada, to: `${ben}/${uuidOf(8n)}` }));
    expect(step?.detail).toMatch(/another of org\/ns\/ben is there: it was started anew/u);
  });

  it.each([
    [{ to: ben }, /^from: who sends is needed/u],
    [{ from: ada }, /^to: who should be reached is needed/u],
    [{ from: 'a/b', to: ben }, /^from: A SLIM name is written/u],
    [{ from: ada, to: `${ben}/seven` }, /^to: its fourth part is an instance/u],
    [{ from: ada, to: ada }, /^to: it is the same name/u],
    [{ from: ada, channel: `${room}/${uuidOf(1n)}` }, /^channel: a channel has no instance/u],
    [{ from: `${'x'.repeat(1024)}/b/c`, to: ben }, /^from: longer than 1024/u],
    [{ channel: 'org/ns/nowhere' }, /^from: nothing here has a channel org\/ns\/nowhere/u],
  ])('refuses %o by its field', async (request, words) => {
    const { reach, close } = await reachOn([]);
    closing.push(close);
    await expect(reach.explain(request)).rejects.toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: expect.stringMatching(words) as string,
    });
    await expect(reach.explain({ from: ada, to: ben, connection: 'gone' })).rejects.toMatchObject({
      code: Code.NotFound,
    });
  });
});

describe('in a channel', () => {
  const inRoom = [{ name: ada, isModerator: true }, { name: amy }, { name: ben }];
  /** Nodes of members subscribe to the channel. */
  const subscribed = ({ apps }: Staged) => {
    for (const node of [nodeA, nodeA2, nodeB]) apps.push({ name: room, instance: 100n, node });
  };

  it('reaches everyone from its moderator, by routes of the channel', async () => {
    const { reach } = await network(subscribed, moderatorOf(inRoom));
    const answer = await reach.explain({ channel: room });
    expect(answer).toMatchObject({ verdict: 'reaches', from: ada, channelConnection: 'node' });
    expect(answer.summary).toMatch(/should reach all 2 others/u);
    expect(answer.steps.map(({ title }) => title)).toEqual(
      expect.arrayContaining([`Route to ${room} on ${nodeA}`, `A member’s connection on ${nodeB}`]),
    );
    expect(answer.places).toMatchObject([
      { node: nodeA, members: 1, online: 1 },
      { node: nodeA2, members: 1 },
      { node: nodeB, members: 1, names: [ben] },
    ]);
    expect(stateOf(answer, 'mls')).toEqual(['GOOD']);
  });

  it('says who is no member, and has the invitation ready', async () => {
    const moderator = moderatorOf(inRoom.slice(0, 2));
    const { reach } = await network(subscribed, moderator);
    const answer = await reach.explain({ from: ada, to: ben, channel: room });
    const step = wrong(answer);
    expect(step).toMatchObject({ kind: 'membership', title: `${ben} in the channel` });
    const [remedy] = step?.remedies ?? [];
    expect(remedy).toMatchObject({
      title: `Invite ${ben}`,
      action: 'member.invite',
      input: JSON.stringify({ connection: 'node', channel: room, member: ben }),
    });
    await moderator.invite(room, ben);
    const mended = await reach.explain({ from: ada, to: ben, channel: room });
    expect(mended.verdict).toBe('reaches');
    // Who else is in it is told too, for a picture.
    expect(mended.places.flatMap(({ names }) => names).toSorted()).toEqual([ada, amy, ben]);
  });

  it('says that a member is offline, and since when', async () => {
    const { reach } = await network(
      subscribed,
      moderatorOf([
        ...inRoom.slice(0, 2),
        { name: ben, status: 'offline', since: new Date(1_700_000_000_000) },
      ]),
    );
    const step = wrong(await reach.explain({ channel: room }));
    expect(step).toMatchObject({ kind: 'presence', title: `${ben} there` });
    expect(step?.detail).toMatch(/^Offline since 2023-11-14 22:13:20 UTC/u);
  });

  it('finds a member whose node has not subscribed to the channel', async () => {
    const { reach } = await network((staged) => {
      subscribed(staged);
      staged.apps = staged.apps.filter(({ name, node }) => name !== room || node !== nodeB);
    }, moderatorOf(inRoom));
    const step = wrong(await reach.explain({ from: ada, to: ben, channel: room }));
    expect(step).toMatchObject({ kind: 'route', title: `Route to ${room} on ${nodeA}` });
    expect(step?.detail).toMatch(/has not subscribed to the channel/u);
  });

  it('says that nothing here has the channel', async () => {
    const { reach } = await network(undefined, moderatorOf(inRoom));
    expect(wrong(await reach.explain({ from: ada, to: ben, channel: 'org/ns/nowhere' }))).toMatchObject({
      kind: 'membership',
      detail: expect.stringMatching(/^No moderator and no channel manager/u) as string,
    });
  });

  it('counts what is alike in a channel of thousands', async () => {
    const crowd = Array.from({ length: 3000 }, (_, i) => ({ name: `org/ns/member-${i}` }));
    const { reach } = await network(
      (staged) => {
        subscribed(staged);
        for (const [i, { name }] of crowd.entries())
          staged.apps.push({ name, instance: BigInt(1000 + i), node: i % 2 === 0 ? nodeA2 : nodeB });
      },
      moderatorOf([...inRoom, ...crowd]),
    );
    const answer = await reach.explain({ channel: room });
    expect(answer.verdict).toBe('reaches');
    expect(answer.steps.length).toBeLessThan(60);
    expect(answer.steps.some(({ title }) => title === 'And 2,993 more')).toBe(true);
    expect(answer.places.map(({ node, members, names }) => [node, members, names.length])).toEqual([
      [nodeA, 1, 1],
      [nodeA2, 1501, 20],
      [nodeB, 1501, 20],
    ]);
  }, 20_000);
});

describe('a control plane of the first generation', () => {
  it('has no routes of its own: its nodes tell them', async () => {
    const plane = await planeA();
    const made = await reachOn([{ name: 'plane', kind: 'slim-control-plane', address: plane.address }]);
    closing.push(made.close, plane.close);
    const answer = await made.reach.explain({ from: 'org/ns/app', to: 'org/ns/nobody' });
    expect(answer.verdict).not.toBe('reaches');
    expect(stateOf(answer, 'route')).toEqual([]);
  });
});

describe('a control plane whose routes are written by hand', () => {
  const row = {
    id: 5n,
    sourceNodeId: 'slim/0',
    destNodeId: 'slim/1',
    component0: 'org',
    component1: 'ns',
    component2: 'far',
  };
  const ask = async (...given: Parameters<typeof planeE>) => {
    const plane = await planeE(...given);
    const made = await reachOn([{ name: 'plane', kind: 'slim-control-plane', address: plane.address }]);
    closing.push(made.close, plane.close);
    return (from: string) => made.reach.explain({ from, to: 'org/ns/far' });
  };
  const nodes = ['slim/0', 'slim/1'];

  it('tells no links up to 1.0, and has the action that writes a route anew', async () => {
    const back = {
      ...row,
      id: 6n,
      sourceNodeId: 'slim/1',
      destNodeId: 'slim/0',
      component2: 'near',
      status: 1,
    };
    const explain = await ask('1.0', {
      nodes,
      routes: [{ ...row, status: 2, statusMsg: 'no such connection' }, back],
    });
    const answer = await explain('org/ns/near');
    expect(stateOf(answer, 'link')).toEqual(['NOT_ASKED']);
    const step = wrong(answer);
    expect(step).toMatchObject({ kind: 'route', title: 'Route to org/ns/far on slim/0' });
    expect(step?.detail).toMatch(/^Failed\. It says: no such connection\./u);
    expect(step?.remedies).toMatchObject([
      {
        action: 'route.remove',
        input: JSON.stringify({ connection: 'plane', node: 'slim/0', name: 'org/ns/far', to: 'slim/1' }),
      },
    ]);
  });

  it('lists its routes as text in 0.7: what nodes have counts', async () => {
    const explain = await ask('0.7', { nodes, texts: ['slim/0 -> slim/1: org/ns/far'] });
    const answer = await explain('org/ns/app');
    expect(stateOf(answer, 'route')).toEqual([]);
    expect(wrong(answer)?.title).toBe('Node of org/ns/far');
  });
});

describe('without a control plane', () => {
  it('says that nothing is known of the way', async () => {
    const made = await reachOn([]);
    closing.push(made.close);
    const answer = await made.reach.explain({ from: ada, to: ben });
    expect(answer).toMatchObject({ verdict: 'unknown', path: [], connection: '' });
    expect(answer.steps[0]).toMatchObject({ title: 'The network between them', link: '/connections' });
  });
});
