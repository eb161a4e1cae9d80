import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { DroppedFile } from './dropped.ts';
import type { InspectedDocument } from './documents.ts';
import { lookAt, watchable, type WatchedFile } from './watching.ts';
import type { Intake } from './use-intake.ts';
import type { VerdictRow } from './verdict-row.ts';
import type { BenchAction } from './workbench.ts';

export interface WatchEvent {
  readonly id: number;
  readonly at: Date;
  readonly name: string;
  readonly what: string;
  readonly tone: 'ok' | 'bad' | 'warn' | 'unknown';
}

export interface Watch {
  readonly files: readonly WatchedFile[];
  /** Newest first. */
  readonly events: readonly WatchEvent[];
  readonly start: (files: readonly DroppedFile[]) => void;
  readonly stop: () => void;
}

/** Milliseconds between two looks at the disk. */
const every = 1000;
/** What writes several files does so within this time, in milliseconds; half of a set is not read. */
const settle = 300;
const mostEvents = 50;

/** Watches files on disk: reads them again when they change, and keeps a short list of what happened. */
export function useWatch(
  documents: readonly InspectedDocument[],
  rows: ReadonlyMap<string, VerdictRow>,
  give: Intake['give'],
  act: (action: BenchAction) => void,
): Watch {
  const [files, setFiles] = useState<readonly WatchedFile[]>([]);
  const [events, setEvents] = useState<readonly WatchEvent[]>([]);
  const current = useRef<readonly WatchedFile[]>([]);
  const last = useRef(0);
  const active = files.length > 0;

  const tell = (list: readonly Pick<WatchEvent, 'name' | 'what' | 'tone'>[]) => {
    if (list.length === 0) return;
    const at = new Date();
    const told = list.map((event) => ({ ...event, at, id: ++last.current }));
    setEvents((before) => [...told.toReversed(), ...before].slice(0, mostEvents));
  };
  const put = (next: readonly WatchedFile[]) => {
    current.current = next;
    setFiles(next);
  };
  const look = useEffectEvent(async (stopped: () => boolean) => {
    let found = await lookAt(current.current);
    if (found.changed) {
      await new Promise((resolve) => setTimeout(resolve, settle));
      const again = await lookAt(found.files);
      found = {
        ...again,
        changed: true,
        gone: [...found.gone, ...again.gone],
        back: [...found.back, ...again.back],
      };
    }
    if (stopped()) return;
    if (found.changed || found.gone.length > 0) put(found.files);
    tell(
      found.gone.map((name) => ({
        name,
        what: 'is gone from the disk; what it held is still judged',
        tone: 'bad',
      })),
    );
    tell(found.back.map((name) => ({ name, what: 'is there again', tone: 'ok' })));
    if (found.changed) await give(found.blobs, { keys: 'use', reread: true });
  });
  useEffect(() => {
    if (!active) return undefined;
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => {
        void look(() => over).finally(() => {
          if (!over) next();
        });
      }, every);
    };
    next();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [active]);

  const seen = useRef<ReadonlyMap<string, VerdictRow>>(new Map());
  const compare = useEffectEvent((now: typeof rows, held: typeof documents, watching: boolean) => {
    if (!watching) return;
    const next = new Map(seen.current);
    for (const { id, name, watched } of held) {
      const row = now.get(id);
      if (!watched || !row) continue;
      const before = seen.current.get(id);
      next.set(id, row);
      if (before && before !== row) tell(differences(name, before, row));
    }
    seen.current = next;
  });
  useEffect(() => compare(rows, documents, active), [rows, documents, active]);

  const start = async (given: readonly DroppedFile[]) => {
    const watched = await watchable(given);
    seen.current = new Map();
    setEvents([]);
    put(watched);
    act({ do: 'watch', files: new Set(watched.map(({ name }) => name)) });
  };
  const stop = () => {
    put([]);
    act({ do: 'watch', files: new Set() });
  };
  // What was forgotten is not looked at again.
  if (active && documents.length === 0) setFiles([]);
  return { files, events, start: (given) => void start(given), stop };
}

/** What a person who watches wants to know of two verdicts on the same file, in words. */
export function differences(
  name: string,
  before: VerdictRow,
  after: VerdictRow,
): readonly Pick<WatchEvent, 'name' | 'what' | 'tone'>[] {
  const said: { name: string; what: string; tone: WatchEvent['tone'] }[] = [];
  if (before.mark !== after.mark && after.mark !== undefined)
    said.push({
      name,
      what: `rotated: ${before.mark === undefined ? '' : `${before.mark} → `}${after.mark}`,
      tone: 'ok',
    });
  else if (before.expires !== after.expires)
    said.push({ name, what: 'changed: it expires at another time', tone: 'ok' });
  if (before.subject !== after.subject)
    said.push({ name, what: `is another identity now: ${after.subject ?? 'none'}`, tone: 'warn' });
  const [was, is] = [verdictText(before), verdictText(after)];
  if (was !== is) said.push({ name, what: `${was} → ${is}`, tone: after.verdict === 'valid' ? 'ok' : 'bad' });
  return said;
}

function verdictText({ verdict, fails }: VerdictRow): string {
  if (verdict === 'valid') return 'valid';
  return verdict === 'invalid' ? `not valid (${fails.slice(0, 3).join(', ')})` : 'cannot be read';
}
