import { randomUUID } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { CallError } from '@muster/practice/slim/ipc';
import {
  ApprovalRequestSchema,
  ApprovalResponseSchema,
  ParticipantAction,
} from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import type { ApprovalResponse } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import type { DeskState } from '../../moderator/approval-types.ts';
import type { Moderator, ModeratorEvent, ModeratorOptions } from '../../moderator/types.ts';

export interface Question {
  channel: string;
  invitee: string;
  change?: 'add' | 'delete';
  requester?: string;
  from?: string;
}

export const managerName = 'agntcy/ns/channel-manager-approval';

/** A moderator at which a channel manager asks: what slim-rpc does, without SLIM. */
export class AskedModerator {
  /** What a call ends in from now on, seen from the gateway. */
  breaks: 'never' | 'before' | 'after' | 'gone' = 'never';
  options: ModeratorOptions | undefined;
  readonly answers = new Map<string, ApprovalResponse>();
  readonly #listeners = new Set<(event: ModeratorEvent) => void>();
  readonly #waiting = new Map<string, (response: ApprovalResponse) => void>();
  #state: DeskState = { open: true };

  readonly start = (options: ModeratorOptions): Moderator => {
    this.options = options;
    const idle = async (): Promise<never> => {
      throw new CallError('no-channel', 'There is none here.');
    };
    const moderator: Partial<Moderator> = {
      state: () => ({ state: 'ready' }),
      onState: () => () => {},
      onEvent: (fn) => {
        this.#listeners.add(fn);
        return () => this.#listeners.delete(fn);
      },
      channels: () => [],
      members: () => [],
      messages: () => [],
      createChannel: idle,
      deleteChannel: idle,
      invite: idle,
      remove: idle,
      publish: idle,
      approvals: {
        name: options.approvals ?? '',
        state: () => this.#state,
        answer: async (id, response) => this.#answer(id, response),
      },
      pid: () => undefined,
      close: async () => {},
    };
    // Nobody moderates with it.
    return moderator as Moderator;
  };

  /** Asks as a channel manager does; `answered` rejects when the moderator goes away. */
  ask(question: Question): { id: string; answered: Promise<ApprovalResponse> } {
    const request = create(ApprovalRequestSchema, {
      channelName: question.channel,
      participantName: question.invitee,
      action: question.change === 'delete' ? ParticipantAction.DELETE : ParticipantAction.ADD,
      ...(question.requester === undefined ? {} : { requester: question.requester }),
    });
    return this.askRaw(toBinary(ApprovalRequestSchema, request), question.from);
  }

  askRaw(request: Uint8Array, from = managerName): { id: string; answered: Promise<ApprovalResponse> } {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<ApprovalResponse>();
    this.#waiting.set(id, resolve);
    this.#tell({ type: 'approval-asked', asked: { id, from, fromInstance: 'i', request } });
    return { id, answered: promise };
  }

  withdraw(id: string): void {
    this.#waiting.delete(id);
    this.#tell({ type: 'approval-withdrawn', id, reason: 'The channel manager stopped waiting.' });
  }

  become(state: DeskState): void {
    this.#state = state;
    this.#tell({ type: 'approvals', state });
  }

  #tell(event: ModeratorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #answer(id: string, response: Uint8Array): void {
    const { breaks } = this;
    if (breaks !== 'before') {
      const waits = this.#waiting.get(id);
      if (!waits || breaks === 'gone')
        throw new CallError('nobody-asks', 'Nobody waits for this answer any more.');
      this.#waiting.delete(id);
      const read = fromBinary(ApprovalResponseSchema, response);
      this.answers.set(id, read);
      waits(read);
    }
    if (breaks !== 'never') throw new CallError('no-confirmation', 'SLIM did not confirm in time.');
  }
}

/** Actions that answer what is asked here; approvals-cut.security.spec.ts breaks them. */
export const approvalActions = ['approval.decide'];
