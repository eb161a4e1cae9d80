import {
  type ActionRecord,
  ActionRecordSchema,
  type Agent,
  type Entry,
  type JoinToken,
  type Session,
  SessionSchema,
  WatchEventSchema,
  type WatchEvent,
} from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { makeAgents, makeEntries } from './identity.ts';
import { makeChannels, makeConnections, makeMembers, makeMessages } from './network.ts';

const at = (ms: number) => timestampFromMs(Date.now() + ms);

/** Everything the fake gateway knows; what is applied changes it. */
export class World {
  readonly agents: Agent[];
  entries: Entry[];
  connections = makeConnections();
  channels = makeChannels();
  members = new Map(makeChannels().map((channel) => [channel.name, makeMembers(channel.name)]));
  messages = makeMessages();
  joinTokens: JoinToken[] = [];
  records: ActionRecord[] = makeRecords();
  sessions: Session[] = makeSessions();
  /** Exports take ten seconds, so that one can be stopped. */
  slowExport = false;
  readonly readAt = Date.now() - 4000;
  readonly #listeners = new Set<(event: WatchEvent['event']) => void>();

  constructor(entries = 220) {
    this.agents = makeAgents();
    this.entries = makeEntries(this.agents, entries);
    for (const agent of this.agents)
      agent.entries = BigInt(this.entries.filter((entry) => entry.parentId === agent.id).length);
  }

  tell(event: WatchEvent['event']): void {
    for (const listener of this.#listeners) listener(event);
  }

  onTell(listener: (event: WatchEvent['event']) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const watchEvent = (event: WatchEvent['event']) => create(WatchEventSchema, { at: at(0), event });

const undoProblems: Record<string, string> = {
  done: 'It was undone already.',
  partial: 'What would undo it has 3.4 MB: more than the 2 MB that a record keeps.',
  refused: 'Nothing was changed, so there is nothing to undo.',
  unknown: 'What was done of it is not known.',
};

function makeRecords(): ActionRecord[] {
  const rows: [string, string, string, string][] = [
    ['entry.update', 'Change 1 entry', 'done', ''],
    ['member.invite', 'Invite agntcy/ops/dave', 'done', ''],
    ['entry.delete', 'Delete 3 entries', 'partial', '2 done, 1 refused: it was deleted already.'],
    [
      'entry.create',
      'Create 1 entry',
      'refused',
      'spiffe_id: it is of org-c.test, and this server issues for org-a.test only.',
    ],
    ['channel.create', 'Create agntcy/ops/fleet', 'done', ''],
    [
      'entry.create',
      'Create 12 entries',
      'unknown',
      'The connection to spire-org-a broke while it was under way.',
    ],
  ];
  return rows.map(([action, title, state, detail], i) =>
    create(ActionRecordSchema, {
      id: `r-${i}`,
      at: at(-(i + 1) * 17 * 60_000),
      action,
      title,
      state,
      detail,
      session: '3f9a1c0d5e7b2a48',
      client: i % 2 ? 'cli' : 'browser',
      digest: 'tqkZJ0xZ1dV6b7mKq8G2h3uX0aYw5cR9nE4sLfPi-1Q',
      inverse: action === 'entry.update' ? 'entry.update' : '',
      undoProblem: action === 'entry.update' ? '' : undoProblems[state],
      undoneBy: action === 'channel.create' ? 'r-1' : '',
    }),
  );
}

function makeSessions(): Session[] {
  return [
    create(SessionSchema, {
      name: '3f9a1c0d5e7b2a48',
      client: 'browser',
      openedAt: at(-42 * 60_000),
      lastUsedAt: at(-1000),
      windows: 2,
      current: true,
    }),
    create(SessionSchema, {
      name: 'b07c44e1a9d23f65',
      client: 'cli',
      openedAt: at(-9 * 60_000),
      lastUsedAt: at(-8 * 60_000),
      windows: 0,
      endsAt: at(7 * 60_000),
    }),
    create(SessionSchema, {
      name: '18d2f6073bce94aa',
      client: 'desktop',
      openedAt: at(-3 * 3_600_000),
      lastUsedAt: at(-20_000),
      windows: 1,
    }),
  ];
}
