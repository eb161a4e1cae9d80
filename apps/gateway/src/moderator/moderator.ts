import type { Child } from '@muster/practice/slim/child';
import { CallError } from '@muster/practice/slim/ipc';
import { supervise } from '@muster/practice/slim/supervise';
import { ApprovalRelay, isApprovalNote } from './approval-relay.ts';
import { Channel } from './channel.ts';
import { moderatorError } from './errors.ts';
import { nextPlace, nothing } from './history.ts';
import { checkName, checkOptions } from './options.ts';
import { probe } from './probe.ts';
import type { WorkerCalls, WorkerNote } from './protocol.ts';
import { passphraseOf } from './record.ts';
import { restoreMembers } from './restore.ts';
import { Sessions } from './sessions.ts';
import { escapeUnsafe, MAX_TEXT_BYTES } from './text.ts';
import type {
  Moderator,
  ModeratorEvent,
  ModeratorOptions,
  ModeratorState,
  NodeCredentials,
} from './types.ts';
import { watchFile, watchNode, watchWorker } from './watch.ts';

const START_MS = 45_000;
const ANSWER_MS = 25_000;
const CHECK_MS = 6000;
const EXPECT_MS = 5000;
const CLOSE_MS = 3000;
const DEFAULTS = { maxRetries: 5, intervalMs: 1000 };

/** An invitation may first put out a crashed namesake, and wait for its farewells; the rest is for a busy computer. */
function changeMs({ settings: { maxRetries, intervalMs } }: Channel): number {
  return 3 * (maxRetries + 2) * intervalMs + 60_000;
}

/** Starts a moderator. It never throws: what is wrong with the options shows as state `failed`. */
export function startModerator(options: ModeratorOptions): Moderator {
  const listeners = new Set<(event: ModeratorEvent) => void>();
  let state: ModeratorState = { state: 'connecting' };
  let link: Child<WorkerCalls> | undefined;
  let nodeDown: string | undefined;
  let closed = false;
  let lastTick = 0;

  const emit = (event: ModeratorEvent) => {
    for (const fn of [...listeners]) fn(event);
  };
  const sessions = new Sessions(options, emit);
  const { channels, self } = sessions;
  const setState = (next: ModeratorState) => {
    if (closed || JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    emit({ type: 'state', state });
  };
  const approvals =
    options.approvals === undefined
      ? undefined
      : new ApprovalRelay(options.approvals, emit, (id, response) =>
          ask('answerApproval', { id, response }, ANSWER_MS),
        );
  const showHealth = () => {
    if (!link) return;
    if (nodeDown) setState({ state: 'degraded', reason: nodeDown });
    else if (sessions.restoring)
      setState({ state: 'degraded', reason: 'members are being invited again after a restart' });
    else setState({ state: 'ready' });
  };

  function onNote(note: WorkerNote): void {
    lastTick = performance.now();
    if (note.kind === 'tick') return;
    if (isApprovalNote(note)) return approvals?.note(note);
    const startOver = sessions.note(note, link !== undefined);
    if (startOver !== undefined) link?.kill(startOver);
  }

  const { store, credentials: readCredentials, ...rest } = options;
  let credentials: NodeCredentials | undefined;
  const supervisor = supervise<WorkerCalls, WorkerNote>({
    entry: new URL('./worker.ts', import.meta.url),
    backoff: { firstMs: 500, maxMs: 30_000 },
    async before() {
      checkOptions(options);
      await probe(options.endpoint);
      credentials = await readCredentials?.();
    },
    async start(child) {
      const kept = store && { store: { folder: store.folder, passphrase: passphraseOf(store) } };
      const input = { ...rest, ...kept, ...(credentials && { credentials }) };
      await sessions.start(child, await child.call('start', input, START_MS));
    },
    onUp(child) {
      link = child;
      nodeDown = undefined;
      lastTick = performance.now();
      showHealth();
      if (sessions.restoring) void sessions.restore(child, () => link === child).then(showHealth);
    },
    onDown(reason) {
      link = undefined;
      sessions.unwatch();
      approvals?.down(reason);
      setState({ state: 'degraded', reason });
    },
    onFailed(reason) {
      approvals?.down(reason);
      setState({ state: 'failed', reason });
    },
    onNote,
  });

  const stopWatching = [
    watchWorker(
      () => (link ? lastTick : undefined),
      () => link?.kill('the moderator process stopped answering'),
    ),
    watchNode({
      endpoint: () => (link ? options.endpoint : undefined),
      check: () => ask('check', undefined, CHECK_MS),
      onChange(reason) {
        nodeDown = reason;
        showHealth();
      },
      onLost: () => link?.kill('the connection to the node was lost and not renewed'),
    }),
  ];
  if ('keysFile' in options.identity)
    stopWatching.push(
      // The bindings take the keys once; restarted, they bring the kept sessions back.
      watchFile(options.identity.keysFile, () =>
        link?.kill('the keys that members are verified by have changed'),
      ),
    );

  /** Sends a call to the worker, or says why that cannot be done now. */
  async function ask<K extends keyof WorkerCalls & string>(
    call: K,
    input: Parameters<WorkerCalls[K]>[0],
    ms: number,
  ): Promise<void> {
    if (closed) throw moderatorError('closed');
    if (!link) throw moderatorError('not-ready', 'reason' in state ? state.reason : 'it is connecting.');
    try {
      await link.call(call, input as never, ms);
    } catch (error) {
      const code = error instanceof CallError ? error.code : '';
      if (code === 'gone') throw moderatorError('not-ready', (error as Error).message);
      if (code === 'timed-out') throw moderatorError('no-confirmation', (error as Error).message);
      throw error;
    }
  }
  /** A change of a channel that we moderate. */
  const change = (name: string, call: 'invite' | 'remove', member: string): Promise<void> => {
    const channel = sessions.openOf(name);
    if (channel.role !== 'moderator') throw moderatorError('not-moderator', name);
    return channel.inTurn(() => ask(call, { channel: name, member }, changeMs(channel)));
  };

  return {
    state: () => state,
    onState: (fn) => subscribe((event) => event.type === 'state' && fn(event.state)),
    onEvent: (fn) => subscribe(fn),
    channels: () => sessions.list(),
    members: (name) => channels.get(name)?.members.map((member) => ({ ...member })) ?? [],
    messages: (name, limit) => channels.get(name)?.history.last(limit) ?? [],
    heard: (name) => channels.get(name)?.history.heard() ?? nothing(),
    notices: () => sessions.notices(),

    async createChannel(name, settings) {
      checkName(name);
      if (channels.has(name)) throw moderatorError('channel-exists', name);
      const channel = new Channel(name, 'moderator', { ...DEFAULTS, ...settings });
      await ask('create', { channel: name, ...channel.settings }, changeMs(channel));
      channel.see([], self, false);
      channels.set(name, channel);
      sessions.save();
      emit({ type: 'channel-created', channel: name });
    },
    async deleteChannel(name) {
      const channel = sessions.of(name);
      if (channel.role !== 'moderator') throw moderatorError('not-moderator', name);
      await drop(channel);
    },
    async invite(name, member) {
      checkName(member);
      try {
        await change(name, 'invite', member);
      } catch (error) {
        throw sessions.of(name).interrupted ? afterInterruption(error, member) : error;
      }
    },
    async remove(name, member) {
      checkName(member, true);
      await change(name, 'remove', member);
    },
    async publish(name, text) {
      const channel = sessions.openOf(name);
      if (text === '') throw moderatorError('empty');
      const bytes = Buffer.byteLength(text);
      if (bytes > MAX_TEXT_BYTES) throw moderatorError('too-large');
      const at = new Date();
      // Confirmed only after members may have answered it: its place is where it was sent.
      const sequence = nextPlace();
      await ask('publish', { channel: name, text }, changeMs(channel));
      const { name: from, instance: fromInstance } = self;
      const payloadType = 'text/plain';
      const message = { at, from, fromInstance, text: escapeUnsafe(text), payloadType, bytes, sequence };
      sessions.keep(channel, { ...message, identity: '', own: true, cut: false });
    },

    async join(name, waitMs) {
      checkName(name);
      const channel = channels.get(name);
      if (channel?.role === 'moderator') throw moderatorError('channel-exists', name);
      if (channel && !channel.lost) throw moderatorError('already-there', name);
      await sessions.invited(name, waitMs, (accept) => ask('expect', { channel: name, accept }, EXPECT_MS));
    },
    async closeSession(name) {
      const channel = sessions.openOf(name);
      await channel.inTurn(() => ask('softClose', { channel: name }, changeMs(channel)));
      channel.close();
      sessions.changed(channel);
    },
    async rejoinSession(name) {
      const channel = sessions.of(name);
      if (channel.lost) throw moderatorError('session-lost', name);
      if (!channel.closed) throw moderatorError('not-closed', name);
      await channel.inTurn(() => rejoin(channel));
      channel.open();
      sessions.changed(channel);
    },
    async leaveSession(name) {
      if (sessions.stopWaiting(name)) return;
      const channel = sessions.of(name);
      if (channel.role === 'moderator') throw moderatorError('own-channel', name);
      await ask('expect', { channel: name, accept: false }, EXPECT_MS);
      await drop(channel);
    },

    ...(approvals ? { approvals } : {}),

    pid: () => link?.pid,
    async close() {
      const last = link;
      closed = true;
      link = undefined;
      for (const stop of stopWatching) stop();
      await supervisor.stop(async () => last?.call('close', undefined, CLOSE_MS));
      listeners.clear();
    },
  };

  /** Kept without it first: deleted and then killed, it must not come back. */
  async function drop(channel: Channel): Promise<void> {
    const { name } = channel;
    channels.delete(name);
    sessions.save();
    try {
      await ask('delete', { channel: name }, changeMs(channel));
    } catch (error) {
      // One that is lost or closed may be none of the worker's.
      if ((error as { code?: unknown }).code !== 'no-channel') {
        channels.set(name, channel);
        sessions.save();
        throw error;
      }
    }
    emit({ type: 'channel-deleted', channel: name });
  }

  async function rejoin(channel: Channel): Promise<void> {
    const { name, settings } = channel;
    try {
      await ask('rejoin', { channel: name }, changeMs(channel));
    } catch (error) {
      // Closed, and then lost with the worker that had it: it is made anew.
      if ((error as { code?: unknown }).code !== 'no-channel' || channel.role !== 'moderator') throw error;
      await ask('create', { channel: name, ...settings }, changeMs(channel));
      if (link) await restoreMembers(link, [channel], self.name);
    }
  }

  function subscribe(fn: (event: ModeratorEvent) => void): () => void {
    // One listener per subscription, so that the same function can be subscribed twice.
    const listener = (event: ModeratorEvent) => fn(event);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
}

/**
 * What a failed invitation may mean in a session that was brought back after the moderator's process was killed. A member
 * that was asked in and never welcomed keeps that half session, which ignores what asks it in again; and where the
 * members took the change of MLS keys and the moderator did not keep it, nobody can join any more.
 */
function afterInterruption(error: unknown, member: string): unknown {
  const { code } = error as { code?: unknown };
  if (code === 'nobody-answers') return moderatorError('maybe-half-joined', member);
  return code === 'not-joined' ? moderatorError('maybe-apart', member) : error;
}
