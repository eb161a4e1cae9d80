import { randomUUID } from 'node:crypto';
import { parseSlimName } from '@muster/domain/slim-name';
import type { Child } from '@muster/practice/slim/child';
import { CallError } from '@muster/practice/slim/ipc';
import { supervise } from '@muster/practice/slim/supervise';
import { Channel } from './channel.ts';
import { moderatorError, permanentError } from './errors.ts';
import { addressOf, probe } from './probe.ts';
import type { WorkerCalls, WorkerNote } from './protocol.ts';
import { restoreMembers } from './restore.ts';
import type { RosterChange } from './roster.ts';
import { escapeUnsafe, MAX_TEXT_BYTES } from './text.ts';
import type { ChannelMessage, Moderator, ModeratorEvent, ModeratorOptions, ModeratorState } from './types.ts';
import { watchNode, watchWorker } from './watch.ts';

const START_MS = 45_000;
/** Changes of one channel wait for each other in the worker, so this is several times a native deadline. */
const CHANGE_MS = 90_000;
const PUBLISH_MS = 30_000;
const CHECK_MS = 6000;
const CLOSE_MS = 3000;

/** Starts a moderator. It never throws: what is wrong with the options shows as state `failed`. */
export function startModerator(options: ModeratorOptions): Moderator {
  const channels = new Map<string, Channel>();
  const listeners = new Set<(event: ModeratorEvent) => void>();
  const self = { name: options.name, instance: '' };
  let state: ModeratorState = { state: 'connecting' };
  let link: Child<WorkerCalls> | undefined;
  let restoring = false;
  let nodeDown: string | undefined;
  let closed = false;
  let lastTick = 0;

  const emit = (event: ModeratorEvent) => {
    for (const fn of [...listeners]) fn(event);
  };
  const setState = (next: ModeratorState) => {
    if (closed || JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    emit({ type: 'state', state });
  };
  const tell = (channel: string, changes: RosterChange[]) => {
    for (const { type, member } of changes) emit({ type, channel, member });
  };
  const keep = (channel: Channel, message: Omit<ChannelMessage, 'id'>) => {
    const kept = { id: randomUUID(), ...message };
    channel.history.add(kept);
    emit({ type: 'message', channel: channel.name, message: kept });
  };
  const showHealth = () => {
    if (!link) return;
    if (nodeDown) setState({ state: 'degraded', reason: nodeDown });
    else if (restoring)
      setState({ state: 'degraded', reason: 'members are being invited again after a restart' });
    else setState({ state: 'ready' });
  };

  function onNote(note: WorkerNote): void {
    lastTick = performance.now();
    if (note.kind === 'tick') return;
    const channel = channels.get(note.channel);
    if (!channel) return;
    if (note.kind === 'participants')
      return tell(channel.name, channel.see(note.seen, self, !link || restoring));
    if (note.kind === 'channel-lost') {
      // Starting over is the one way of recovery there is; a second one for this case would be tried by nobody.
      return link?.kill(`the session of ${note.channel} ended unexpectedly (${note.reason})`);
    }
    const { from, fromInstance, text, payloadType } = note;
    keep(channel, { at: new Date(), from, fromInstance, text, payloadType, own: from === self.name });
  }

  async function restore(child: Child<WorkerCalls>): Promise<void> {
    const notRestored = await restoreMembers(child, [...channels.values()]);
    if (link !== child) return;
    restoring = false;
    for (const channel of channels.values()) tell(channel.name, channel.dropUnknown());
    emit({ type: 'restored', channels: [...channels.keys()], notRestored });
    showHealth();
  }

  const supervisor = supervise<WorkerCalls, WorkerNote>({
    entry: new URL('./worker.ts', import.meta.url),
    backoff: { firstMs: 500, maxMs: 30_000 },
    async before() {
      checkOptions(options);
      await probe(options.endpoint);
    },
    async start(child) {
      const { instance } = await child.call('start', options, START_MS);
      self.instance = instance;
      for (const { name, mls } of channels.values())
        await child.call('create', { channel: name, mls }, START_MS);
    },
    onUp(child) {
      link = child;
      nodeDown = undefined;
      lastTick = performance.now();
      for (const channel of channels.values()) channel.see([], self, true);
      restoring = channels.size > 0;
      showHealth();
      if (restoring) void restore(child);
    },
    onDown(reason) {
      link = undefined;
      restoring = false;
      for (const channel of channels.values()) channel.unwatch();
      setState({ state: 'degraded', reason });
    },
    onFailed: (reason) => setState({ state: 'failed', reason }),
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
  const channelOf = (name: string): Channel => {
    const channel = channels.get(name);
    if (!channel) throw moderatorError('no-channel', name);
    return channel;
  };

  return {
    state: () => state,
    onState: (fn) => subscribe((event) => event.type === 'state' && fn(event.state)),
    onEvent: (fn) => subscribe(fn),
    channels: () => [...channels.values()].map((channel) => channel.summary()),
    members: (name) => channels.get(name)?.members.map((member) => ({ ...member })) ?? [],
    messages: (name, limit) => channels.get(name)?.history.last(limit) ?? [],

    async createChannel(name, { mls }) {
      checkName(name);
      if (channels.has(name)) throw moderatorError('channel-exists', name);
      await ask('create', { channel: name, mls }, CHANGE_MS);
      const channel = new Channel(name, mls);
      channel.see([], self, false);
      channels.set(name, channel);
      emit({ type: 'channel-created', channel: name });
    },
    async deleteChannel(name) {
      channelOf(name);
      await ask('delete', { channel: name }, CHANGE_MS);
      channels.delete(name);
      emit({ type: 'channel-deleted', channel: name });
    },
    async invite(name, member) {
      checkName(member);
      channelOf(name);
      await ask('invite', { channel: name, member }, CHANGE_MS);
    },
    async remove(name, member) {
      checkName(member, true);
      channelOf(name);
      await ask('remove', { channel: name, member }, CHANGE_MS);
    },
    async publish(name, text) {
      const channel = channelOf(name);
      if (text === '') throw moderatorError('empty');
      if (Buffer.byteLength(text) > MAX_TEXT_BYTES) throw moderatorError('too-large');
      const at = new Date();
      await ask('publish', { channel: name, text }, PUBLISH_MS);
      const { name: from, instance: fromInstance } = self;
      keep(channel, {
        at,
        from,
        fromInstance,
        text: escapeUnsafe(text),
        payloadType: 'text/plain',
        own: true,
      });
    },

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

  function subscribe(fn: (event: ModeratorEvent) => void): () => void {
    // One listener per subscription, so that the same function can be subscribed twice.
    const listener = (event: ModeratorEvent) => fn(event);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
}

function checkName(text: string, instanceAllowed = false): void {
  const name = parseSlimName(text);
  if (!name.ok || (name.value.instance !== undefined && !instanceAllowed))
    throw moderatorError('invalid-name', text);
}

/** What no other attempt could change. The bindings would refuse a short secret in cryptographic terms. */
function checkOptions({ endpoint, name, identity }: ModeratorOptions): void {
  try {
    addressOf(endpoint);
  } catch {
    throw permanentError(`the endpoint ${endpoint} is not http://host:port or https://host:port`);
  }
  const parsed = parseSlimName(name);
  if (!parsed.ok || parsed.value.instance !== undefined) {
    throw permanentError(moderatorError('invalid-name', name).message);
  }
  if (identity.kind === 'shared-secret' && Buffer.byteLength(identity.secret) < 32) {
    throw permanentError('the shared secret is shorter than the 32 bytes SLIM asks for');
  }
}
