import { setTimeout as sleep } from 'node:timers/promises';
import { type JsonValue, toJson } from '@bufbuild/protobuf';
import { CliError, exit, type ExitCode } from './exit.ts';
import { printable, writeLine, writeText } from './io.ts';
import { callError, type Signed, withSession } from './session.ts';
import { type AskedView, linesOf, readView } from './view-read.ts';

export interface WatchViewOptions {
  readonly json: boolean;
  /** Between two readings, ms. */
  readonly everyMs: number;
}

/** A session is left for a new one after so long: its key is not meant for more, and a gateway may have been started anew. */
const SESSION_MS = 5 * 60_000;

/**
 * Reads a view again and again until Ctrl C, and shows it whenever it is another: on a terminal in place, else one after
 * the other, with `json` one object a line. What cannot be read the first time ends it; what cannot later is told, and tried again.
 */
export async function watchView(view: AskedView, options: WatchViewOptions): Promise<ExitCode> {
  const shown = new Shown(view, options);
  for (;;) {
    try {
      await withSession((signed) => readings(signed, view, options, shown));
    } catch (error) {
      if (error instanceof CliError && error.code === exit.interrupted) return exit.done;
      if (!shown.any || !(error instanceof CliError)) throw error;
      await shown.problem(error.message);
      await sleep(options.everyMs);
    }
  }
}

async function readings(
  { transport, signal }: Signed,
  view: AskedView,
  { everyMs }: WatchViewOptions,
  shown: Shown,
): Promise<void> {
  const until = performance.now() + SESSION_MS;
  while (performance.now() < until) {
    try {
      await shown.show(await readView(view, transport, signal));
    } catch (error) {
      const problem = callError(error);
      // A refusal is about what was asked for, e.g. a node that does not answer just now; the session is well.
      if (signal.aborted || !shown.any || !(problem instanceof CliError) || problem.code !== exit.refused)
        throw error;
      await shown.problem(problem.message);
    }
    await sleep(everyMs, undefined, { signal });
  }
}

/** What was told last, so that nothing is told twice. */
class Shown {
  readonly #view: AskedView;
  readonly #options: WatchViewOptions;
  readonly #inPlace: boolean;
  #last = '';
  #problem = '';

  constructor(view: AskedView, options: WatchViewOptions) {
    this.#view = view;
    this.#options = options;
    this.#inPlace = !options.json && process.stdout.isTTY === true;
  }

  /** Something was read. */
  get any(): boolean {
    return this.#last !== '';
  }

  async show(message: Awaited<ReturnType<typeof readView>>): Promise<void> {
    const { output } = this.#view.method;
    const state = steady(toJson(output, message));
    const again = state === this.#last && this.#problem === '';
    [this.#last, this.#problem] = [state, ''];
    if (this.#inPlace) return this.#draw(linesOf(this.#view, message));
    if (again) return;
    const time = new Date().toISOString();
    if (this.#options.json)
      await writeLine(JSON.stringify({ time, view: toJson(output, message, { alwaysEmitImplicit: true }) }));
    else await writeLine([`── ${time}`, ...linesOf(this.#view, message), ''].join('\n'));
  }

  async problem(text: string): Promise<void> {
    if (text === this.#problem) return;
    this.#problem = text;
    const time = new Date().toISOString();
    if (this.#options.json) await writeLine(JSON.stringify({ time, problem: text }));
    else await writeLine(`── ${time}\n! ${printable(text)}\n`);
  }

  /** As much as the window holds: what scrolls away could not be written over. */
  async #draw(lines: readonly string[]): Promise<void> {
    const { columns = 80, rows = 24 } = process.stdout;
    const head = `${this.#view.name} · read ${new Date().toLocaleTimeString('en-GB')} · every ${this.#options.everyMs / 1000} s · Ctrl C ends`;
    const all = [head, '', ...lines.flatMap((line) => line.split('\n'))];
    const room = rows - 1;
    const fits =
      all.length <= room ? all : [...all.slice(0, room - 1), `… ${all.length - room + 1} more lines`];
    const cut = fits.map((line) => {
      const letters = [...line];
      return letters.length < columns ? line : `${letters.slice(0, columns - 2).join('')}…`;
    });
    await writeText(`\u001B[H\u001B[2J${cut.join('\n')}\n`);
  }
}

/** All but when it was read. */
function steady(json: JsonValue): string {
  return JSON.stringify(json, (key, value: JsonValue) => {
    if (key === 'asOf' || key === 'lastSeen') return undefined;
    if (key === 'freshness' && typeof value === 'object' && value !== null && !Array.isArray(value))
      return value['staleReason'] ?? '';
    return value;
  });
}
