import type { ApplyProgress } from '@muster/api';
import type { Role } from '../caller.ts';

/** One application of a plan. It goes on when its caller goes away, and can be followed from the start by any number. */
export class Run {
  readonly digest: string;
  readonly role: Role;
  readonly #messages: ApplyProgress[] = [];
  #waiting = Promise.withResolvers<void>();
  #over = false;
  #error: unknown;

  constructor(digest: string, role: Role) {
    this.digest = digest;
    this.role = role;
  }

  get over(): boolean {
    return this.#over;
  }

  tell(message: ApplyProgress): void {
    this.#messages.push(message);
    this.#wake();
  }

  end(error?: unknown): void {
    this.#over = true;
    this.#error = error;
    this.#wake();
  }

  /** Everything from the first message on; the same for whoever asks, however late. */
  async *follow(): AsyncGenerator<ApplyProgress> {
    for (let at = 0; ;) {
      const next = this.#messages[at];
      if (next) {
        at += 1;
        yield next;
      } else if (this.#over) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else await this.#waiting.promise;
    }
  }

  #wake(): void {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers<void>();
  }
}
