import { CallError } from '@muster/practice/slim/ipc';
import { moderatorError } from './errors.ts';
import type { ApprovalDesk, ApprovalEvent, AskedApproval, DeskState } from './approval-types.ts';

/** What the worker reports of its desk. */
export type ApprovalNote =
  | { kind: 'approvals-open' }
  | { kind: 'approvals-shut'; reason: string }
  | { kind: 'approval-asked'; asked: AskedApproval }
  | { kind: 'approval-withdrawn'; id: string; reason: string };

const kinds: ReadonlySet<string> = new Set<ApprovalNote['kind']>([
  'approvals-open',
  'approvals-shut',
  'approval-asked',
  'approval-withdrawn',
]);

export const isApprovalNote = (note: { kind: string }): note is ApprovalNote => kinds.has(note.kind);

/** The supervisor's side of the desk, which outlives the workers. */
export class ApprovalRelay implements ApprovalDesk {
  readonly name: string;
  readonly #emit: (event: ApprovalEvent) => void;
  readonly #send: (id: string, response: Uint8Array) => Promise<void>;
  /** Asked by this worker, and not answered. */
  readonly #waiting = new Set<string>();
  #state: DeskState = { open: false, reason: 'the moderator is connecting' };

  constructor(
    name: string,
    emit: (event: ApprovalEvent) => void,
    send: (id: string, response: Uint8Array) => Promise<void>,
  ) {
    this.name = name;
    this.#emit = emit;
    this.#send = send;
  }

  state(): DeskState {
    return this.#state;
  }

  async answer(id: string, response: Uint8Array): Promise<void> {
    // It is told by the rejection then.
    this.#waiting.delete(id);
    const open = this.#state.open;
    try {
      await this.#send(id, response);
    } catch (error) {
      // The process ended in the middle of it: nobody can tell whether it was sent.
      if (open && error instanceof CallError && error.code === 'not-ready')
        throw moderatorError('no-confirmation', error.message);
      throw error;
    }
  }

  note(note: ApprovalNote): void {
    switch (note.kind) {
      case 'approvals-open':
        return this.#become({ open: true });
      case 'approvals-shut':
        return this.#become({ open: false, reason: note.reason });
      case 'approval-asked':
        this.#waiting.add(note.asked.id);
        return this.#emit({ type: 'approval-asked', asked: note.asked });
      case 'approval-withdrawn':
        // Told of each request once, however it ended.
        if (this.#waiting.delete(note.id))
          this.#emit({ type: 'approval-withdrawn', id: note.id, reason: note.reason });
    }
  }

  /** The worker is gone, and with it the way back to whoever asked. */
  down(reason: string): void {
    for (const id of this.#waiting) this.#emit({ type: 'approval-withdrawn', id, reason });
    this.#waiting.clear();
    this.#become({ open: false, reason });
  }

  #become(state: DeskState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#emit({ type: 'approvals', state });
  }
}
