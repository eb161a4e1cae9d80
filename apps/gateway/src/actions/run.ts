import { clone } from '@bufbuild/protobuf';
import { ApplyProgressSchema } from '@muster/api';
import type { ApplyProgress } from '@muster/api';
import type { Role } from '../caller.ts';

/** A secret that nobody has taken is forgotten after so long. */
const secretMs = 10 * 60_000;

/** One application of a plan. It goes on when its caller goes away, and can be followed from the start by any number. */
export class Run {
  readonly digest: string;
  readonly role: Role;
  readonly #messages: ApplyProgress[] = [];
  #waiting = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  #over = false;
  #error: unknown;

  constructor(digest: string, role: Role) {
    this.digest = digest;
    this.role = role;
  }

  /** Messages kept. */
  get length(): number {
    return this.#messages.length;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Aborted when it is to end before all is done. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  stop(): void {
    this.#stopping.abort();
  }

  tell(message: ApplyProgress): void {
    this.#messages.push(message);
    this.#wake();
  }

  end(error?: unknown): void {
    this.#over = true;
    this.#error = error;
    this.#wake();
    if (this.#messages.some(({ item }) => item !== undefined && item.secret !== ''))
      setTimeout(() => this.#forgetSecrets(), secretMs).unref();
  }

  /** Everything from the first message on; the same for whoever asks, however late. A secret is told once only. */
  async *follow(): AsyncGenerator<ApplyProgress> {
    for (let at = 0; ;) {
      const next = this.#messages[at];
      if (next) {
        at += 1;
        yield next;
      } else if (this.#over) {
        this.#forgetSecrets();
        if (this.#error !== undefined) throw this.#error;
        return;
      } else await this.#waiting.promise;
    }
  }

  #forgetSecrets(): void {
    this.#messages.forEach((message, index) => {
      if (message.item === undefined || message.item.secret === '') return;
      const told = clone(ApplyProgressSchema, message);
      if (told.item)
        Object.assign(told.item, {
          secret: '',
          reason: 'What it made was told once already, and is not kept.',
        });
      this.#messages[index] = told;
    });
  }

  #wake(): void {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers<void>();
  }
}
