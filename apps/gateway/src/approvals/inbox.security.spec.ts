import { create, toBinary } from '@bufbuild/protobuf';
import { ApprovalRequestSchema, ParticipantAction } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { expect, it } from 'vitest';
import type { OwnerKeys } from '../owner-keys/port.ts';
import { approvalWarnings, lockedReason } from './facts.ts';
import { ApprovalInbox } from './inbox.ts';
import type { ApprovalRow } from './types.ts';

const at = new Date('2026-11-23T12:00:00Z');
const manager = 'org/ns/manager-approval';

interface Answer {
  id: string;
  response: Uint8Array;
}

function inbox({ kept = [] as string[], answering = async () => {} } = {}) {
  const answers: Answer[] = [];
  const stored: string[] = [];
  const made = new ApprovalInbox({
    now: () => at,
    nodes: () => [
      {
        link: { name: 'node', up: true },
        approvalName: 'org/ns/mod-approval',
        desk: {
          state: () => ({ open: true }),
          answer: async (id, response) => {
            await answering();
            answers.push({ id, response });
          },
        },
      },
    ],
    ownerOf: async () => undefined,
    store: {
      keep: async (_id, _at, body) => stored.push(body),
      kept: async () => kept,
    },
    onChange: () => {},
  });
  let nth = 0;
  const ask = (from = manager, participantName = `org/ns/a${nth}`, id = `r${(nth += 1)}`): string => {
    const request = { channelName: 'org/ns/room', participantName, action: ParticipantAction.ADD };
    made.heard('node', {
      type: 'approval-asked',
      asked: {
        id,
        from,
        fromInstance: '',
        request: toBinary(ApprovalRequestSchema, create(ApprovalRequestSchema, request)),
      },
    });
    return id;
  };
  return { made, ask, answers, stored };
}

const waiting = async (made: ApprovalInbox) => (await made.list()).filter(({ state }) => state === 'waiting');
const row = async (made: ApprovalInbox): Promise<ApprovalRow> => {
  const [first] = await made.list();
  if (!first) throw new Error('nothing was asked');
  return first;
};

it('S-18: ten thousand requests hold a hundred places, write nothing down, and are each answered', async () => {
  const { made, ask, answers, stored } = inbox();
  for (let n = 0; n < 10_000; n += 1) ask();
  expect(await waiting(made)).toHaveLength(100);
  expect(await made.list()).toHaveLength(100);
  await expect.poll(() => answers.length).toBe(9900);
  expect(made.turnedAway.count).toBe(9900);
  expect(stored).toEqual([]);
  await made.close();
  expect(answers).toHaveLength(10_000);
});

it('S-20: a stranger’s flood does not keep out the channel manager that people wait for', async () => {
  const { made, ask } = inbox();
  for (let n = 0; n < 500; n += 1) ask('org/ns/stranger');
  for (let n = 0; n < 40; n += 1) ask();
  const of = (rows: readonly ApprovalRow[], asker: string) => rows.filter(({ askedBy }) => askedBy === asker);
  const rows = await waiting(made);
  expect(rows).toHaveLength(100);
  expect(of(rows, manager)).toHaveLength(40);
  // The one that asks most gets nobody else’s place.
  for (let n = 0; n < 500; n += 1) ask('org/ns/stranger');
  expect(of(await waiting(made), manager)).toHaveLength(40);
  await made.close();
});

it('S-28: of two windows that decide at once one is heard, and the other is told so', async () => {
  const gate = Promise.withResolvers<void>();
  const { made, ask, answers } = inbox({ answering: () => gate.promise });
  const id = ask();
  const approve = made.decide(id, { kind: 'approve', grant: new Uint8Array([1]), by: 'one', reason: '' });
  const deny = made.decide(id, { kind: 'deny', by: 'two', reason: 'no' });
  await expect(deny).rejects.toMatchObject({ detail: expect.stringMatching(/answered already/u) as string });
  gate.resolve();
  await approve;
  expect(answers).toHaveLength(1);
  expect(await row(made)).toMatchObject({ state: 'approved', decidedBy: 'one' });
  await expect(made.decide(id, { kind: 'deny', by: 'two', reason: 'no' })).rejects.toThrow();
});

it('is asked once where one id comes twice, and again by no id that was answered', async () => {
  const { made, ask, answers } = inbox();
  const id = ask(manager, 'org/ns/first');
  ask('org/ns/stranger', 'org/ns/second', id);
  expect(await waiting(made)).toMatchObject([{ id, invitee: 'org/ns/first', askedBy: manager }]);
  await made.decide(id, { kind: 'deny', by: 'one', reason: 'no' });
  expect(answers).toEqual([expect.objectContaining({ id })]);
  expect(await waiting(made)).toEqual([]);
  made.heard('node', { type: 'approval-withdrawn', id, reason: 'late' });
  expect(await row(made)).toMatchObject({ state: 'denied', reason: 'no' });
});

it('S-25: what was kept and is damaged hides nothing else, and stops nothing', async () => {
  const good = {
    id: 'good',
    askedAt: 1,
    deadline: 2,
    state: 'denied',
    channel: 'org/ns/room',
    invitee: 'org/ns/a',
    change: 'add',
    requester: '',
    connection: 'node',
    callbackName: 'x',
    askedBy: manager,
    owner: '',
    manager: '',
    decidedBy: '',
    decidedAt: 3,
    reason: '',
  };
  const bad = [
    '{',
    'null',
    '[]',
    '"text"',
    '{"__proto__":{"id":"polluted"}}',
    JSON.stringify({ ...good, id: 'waits', state: 'waiting' }),
    JSON.stringify({ ...good, id: 'when', decidedAt: 'now' }),
    JSON.stringify({ ...good, id: 7 }),
  ];
  const { made } = inbox({ kept: [...bad, JSON.stringify(good)] });
  expect((await made.list()).map(({ id }) => id)).toEqual(['good']);
  expect(({} as { id?: unknown }).id).toBeUndefined();
});

it.each([
  ['a zero-width space', 'org/ns/bo\u200bb'],
  ['a right-to-left override', 'org/ns/\u202ebob'],
  ['a filler that shows as nothing', 'org/ns/bob\u3164'],
  ['a variation selector', 'org/ns/bob\ufe0f'],
  ['a NUL', 'org/ns/bob\0'],
])('S-12: nobody is asked about a name with %s', async (_what, name) => {
  const { made, ask, answers } = inbox();
  ask(manager, name);
  expect(await waiting(made)).toEqual([]);
  expect(answers).toHaveLength(1);
});

it('S-12: a name that looks like another one is spelt, and who cannot be told apart is said', async () => {
  const { made, ask } = inbox();
  ask(manager, 'org/ns/b\u043eb');
  const asked = await row(made);
  const connected = { link: { name: 'cm', up: true }, channels: async () => [] };
  const codes = (audience?: string) =>
    approvalWarnings(
      { ...asked, manager: 'cm', requester: 'x' },
      [{ ...connected, config: audience === undefined ? {} : { audience } }],
      undefined,
    );
  expect(codes('org/ns/manager').map(({ code }) => code)).toEqual(['look-alike']);
  expect(codes('org/ns/manager')[0]?.text).toContain('org/ns/b\\u{43e}b');
  expect(codes().map(({ code }) => code)).toEqual(['asker-unchecked', 'look-alike']);
  expect(codes('org/ns/other').map(({ code }) => code)).toEqual(['asked-by-another', 'look-alike']);
  await made.close();
});

it('S-26: a request for a channel of another’s key cannot be approved with any of ours', () => {
  const keys = [{ did: 'did:key:zOurs', lockedReason: '' }];
  const ownerKeys = { list: () => keys } as unknown as OwnerKeys;
  expect(lockedReason({ manager: 'cm', owner: 'did:key:zTheirs' }, ownerKeys)).toMatch(/not held here/u);
  expect(lockedReason({ manager: 'cm', owner: '' }, ownerKeys)).toMatch(/has no owner/u);
  expect(lockedReason({ manager: 'cm', owner: 'did:key:zOurs' }, ownerKeys)).toBe('');
});
