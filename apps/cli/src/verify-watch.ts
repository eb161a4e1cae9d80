import { stat } from 'node:fs/promises';
import { ellipsizeMiddle, toHex } from '@muster/domain';
import type { ExitCode } from './exit.ts';
import { printable, writeLine } from './io.ts';
import { findFiles } from './verify-files.ts';
import { judgedOfSet, problemJson } from './verify-json.ts';
import { endOf, nextMoment } from './verify-moments.ts';
import type { FailOn } from './verify-outcome.ts';
import { passes } from './verify-outcome.ts';
import { type GivenBundles, type Judged, judgeSet, type JudgedSet, type SetOptions } from './verify-set.ts';
import { judgedLines } from './verify-text.ts';

/** Why something was judged again. */
export type Cause = 'start' | 'change' | 'time';

/** One thing that a watch tells: a document judged anew, one that is gone, or one that cannot be read. */
export type WatchEvent =
  | { readonly event: 'judged'; readonly cause: Cause; readonly at: Date; readonly judged: Judged }
  | { readonly event: 'gone'; readonly at: Date; readonly name: string }
  | { readonly event: 'problem'; readonly at: Date; readonly name: string; readonly why: string };

export interface WatchOptions extends Omit<SetOptions, 'at' | 'bundles'> {
  /** Reads the bundles of the command line; they may change, too. */
  readonly bundles: () => Promise<GivenBundles>;
}

export interface WatchOutput {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly failOn: FailOn;
}

/** Looking is cheap and works on every file system; being told of changes does not (network mounts, volumes of containers). */
const LOOK_MS = 500;

/** Judges what lies there now, and again at each change of the files or of what the time makes of them, until a signal ends it. */
export async function watchFiles(
  args: readonly string[],
  options: WatchOptions,
  output: WatchOutput,
): Promise<ExitCode> {
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const countdown = new Countdown(!output.json && !output.quiet && process.stdout.isTTY === true);
  try {
    for await (const { events, set } of watchSet(args, options, stop.signal)) {
      countdown.clear();
      for (const event of events) await print(event, output);
      countdown.show(set);
    }
  } finally {
    countdown.clear();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
  }
  return 0;
}

/** What changed since the last look, and all there is now. Ends when `signal` says so. */
export async function* watchSet(
  args: readonly string[],
  options: WatchOptions,
  signal: AbortSignal,
  lookEvery = LOOK_MS,
): AsyncGenerator<{ readonly events: readonly WatchEvent[]; readonly set: JudgedSet }> {
  let known = new Map<string, string>();
  let told = new Map<string, string>();
  let cause: Cause = 'start';
  let bundles = await options.bundles();
  let seen = await lookAt(args, options, bundles);
  while (!signal.aborted) {
    const at = new Date();
    const set = await judgeSet(args, { ...options, bundles, at });
    const events: WatchEvent[] = [];
    const judged = new Map<string, string>();
    for (const one of set.judged) {
      const state = await stateOf(one);
      judged.set(one.name, state);
      if (known.get(one.name) !== state) events.push({ event: 'judged', cause, at, judged: one });
    }
    for (const name of known.keys()) if (!judged.has(name)) events.push({ event: 'gone', at, name });
    const problems = new Map(set.problems.map(({ name, why }) => [name, why]));
    for (const [name, why] of problems)
      if (told.get(name) !== why) events.push({ event: 'problem', at, name, why });
    [known, told] = [judged, problems];
    yield { events, set };
    const moment = earliest(set, at.getTime());
    const look = () => lookAt(args, options, bundles);
    const next = await changed(look, { seen, moment, lookEvery }, signal);
    [seen, cause] = [next.seen, next.cause];
    // Gone for a moment while it is replaced: the one held before serves until then, as in every verifier.
    bundles = await options.bundles().catch(() => bundles);
  }
}

/** Everything about a judgement that is worth saying again when it is another. */
async function stateOf({ input, judgement, bundleFiles, keyFile }: Judged): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(input.input)));
  const { verdict, reason, fails, warns } = judgement;
  return JSON.stringify([toHex(digest), verdict, reason, fails, warns, [...bundleFiles], keyFile ?? null]);
}

/** When the time may next change a verdict. */
function earliest(set: JudgedSet, at: number): number {
  const moments = set.judged.flatMap(({ judgement }) => nextMoment(judgement.decoded, at) ?? []);
  return Math.min(Number.POSITIVE_INFINITY, ...moments);
}

/** Waits for a file that is another, and then until nothing has changed for one look: whoever writes is done. */
async function changed(
  look: () => Promise<string>,
  { seen, moment, lookEvery }: { readonly seen: string; readonly moment: number; readonly lookEvery: number },
  signal: AbortSignal,
): Promise<{ seen: string; cause: Cause }> {
  let last = seen;
  let pause = lookEvery;
  while (!signal.aborted) {
    const left = last === seen ? Math.max(0, moment - Date.now()) : pause;
    await sleep(Math.min(pause, left), signal);
    if (last === seen && Date.now() >= moment) return { seen, cause: 'time' };
    const began = performance.now();
    const now = await look();
    // Ten thousand files on a slow disk: looking takes at most a tenth of the time.
    pause = Math.max(lookEvery, (performance.now() - began) * 10);
    if (now === last && now !== seen) return { seen: now, cause: 'change' };
    last = now;
  }
  return { seen: last, cause: 'change' };
}

/**
 * What can be known of the files without reading them: which there are, and which content each stands for. Links are
 * followed, so that the swap of `..data` in a volume of Kubernetes is seen; so is a rename over a file, by its inode.
 */
async function lookAt(args: readonly string[], options: WatchOptions, given: GivenBundles): Promise<string> {
  const { files, problems } = await findFiles(args, options);
  const bundles = [...given.values()].map(({ file }) => file);
  const marks: string[] = problems.map(({ name, why }) => `${name}\n${why}`);
  for (const path of [...files.map((file) => file.path), ...bundles]) {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    marks.push(
      found
        ? `${path}\n${found.dev}.${found.ino}.${found.size}.${found.mtimeNs}.${found.ctimeNs}.${found.mode}`
        : `${path}\n-`,
    );
  }
  return marks.join('\n');
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

async function print(event: WatchEvent, { json, quiet, failOn }: WatchOutput): Promise<void> {
  const time = event.at.toISOString();
  if (json) return writeLine(JSON.stringify({ time, ...eventJson(event) }));
  if (event.event === 'gone')
    return quiet ? undefined : writeLine(printable(`${time}  gone      ${event.name}`));
  if (event.event === 'problem')
    return writeLine(printable(`${time}  cannot be judged: ${event.name}: ${event.why}.`));
  const { judged, cause } = event;
  if (quiet && passes(judged, failOn)) return;
  const [head = '', ...rest] = judgedLines(judged);
  const why = { start: 'found', change: 'changed', time: 'by the time' }[cause];
  await writeLine([printable(`${time}  ${why}`), `  ${head}`, ...rest.map((line) => `  ${line}`)].join('\n'));
}

function eventJson(event: WatchEvent) {
  if (event.event === 'judged') return { event: 'judged', cause: event.cause, ...judgedOfSet(event.judged) };
  if (event.event === 'gone') return { event: 'gone', name: event.name };
  return { event: 'problem', ...problemJson(event) };
}

/** A last line that is written over each second: how many are well, and when the first of them ends. */
class Countdown {
  readonly #on: boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(on: boolean) {
    this.#on = on;
  }

  show(set: JudgedSet): void {
    if (!this.#on) return;
    // A line that wraps could not be written over.
    const write = () =>
      process.stdout.write(
        `\r\u001B[2K${ellipsizeMiddle(countdownText(set, Date.now()), (process.stdout.columns || 80) - 1)}`,
      );
    write();
    this.#timer = setInterval(write, 1000);
  }

  clear(): void {
    if (!this.#on) return;
    clearInterval(this.#timer);
    process.stdout.write('\r\u001B[2K');
  }
}

/** "3 documents, 3 valid · svid.0.pem ends in 00:43:12 · Ctrl C ends". */
export function countdownText({ judged }: JudgedSet, now: number): string {
  const valid = judged.filter(({ judgement }) => judgement.verdict === 'valid');
  const [first] = valid
    .map(({ name, judgement }) => ({ name, end: endOf(judgement.decoded) ?? Number.POSITIVE_INFINITY }))
    .filter(({ end }) => Number.isFinite(end))
    .toSorted((a, b) => a.end - b.end);
  const ends = first === undefined ? '' : ` · ${printable(first.name)} ends in ${clock(first.end - now)}`;
  return `${judged.length} judged, ${valid.length} valid${ends} · Ctrl C ends`;
}

/** Hours may be more than 24; nobody waits for days in front of a terminal, but months do occur. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days > 0 ? `${days} d ` : ''}${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
