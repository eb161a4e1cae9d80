import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../download.ts';
import type { FileFormat } from './formats.ts';

export type ExportState =
  | { state: 'idle' }
  | { state: 'writing'; rows: number; total: number }
  | { state: 'done'; rows: number; bytes: number; file: string; changed: string }
  | { state: 'failed'; error: unknown; rows: number };

/** A part of a file, as the gateway sends it. */
export interface FilePart {
  part: Uint8Array;
  rows: bigint;
  total: bigint;
  changed: string;
}

/** Reads a whole list as a file. */
export type ReadFile = (format: FileFormat, signal: AbortSignal) => AsyncIterable<FilePart>;

const IDLE: ExportState = { state: 'idle' };
// Progress is for people: it need not be drawn more often.
const TELL_MS = 120;

/** Reads the whole result of a search as a file and saves it. `name`: of the file, before the date. */
export function useExport(name: string, read: ReadFile) {
  const [state, setState] = useState<ExportState>(IDLE);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (format: FileFormat) => {
    const own = new AbortController();
    running.current?.abort();
    running.current = own;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let [rows, bytes, changed, told] = [0, 0, '', 0];
    setState({ state: 'writing', rows: 0, total: 0 });
    try {
      for await (const message of read(format, own.signal)) {
        // A copy: a part may lie in a larger buffer, which it would keep.
        parts.push(new Uint8Array(message.part));
        bytes += message.part.length;
        rows = Number(message.rows);
        changed = message.changed;
        if (performance.now() - told < TELL_MS) continue;
        told = performance.now();
        setState({ state: 'writing', rows, total: Number(message.total) });
      }
      // Cancelled as its last part came: what a person stopped is not saved.
      if (own.signal.aborted) return;
      const file = `${name}-${stamp(new Date())}.${format.extension}`;
      saveFile(file, format.type, parts);
      setState({ state: 'done', rows, bytes, file, changed });
    } catch (error) {
      if (!own.signal.aborted) setState({ state: 'failed', error, rows });
    }
  };
  const cancel = () => {
    running.current?.abort();
    setState(IDLE);
  };
  return { state, start, cancel };
}

const stamp = (now: Date): string => now.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
