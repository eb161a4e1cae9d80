import { EntryService, type ListEntriesRequestSchema } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { useTransport } from '@connectrpc/connect-query';
import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../../../components/index.ts';
import type { Format } from './formats.ts';

type Request = MessageInitShape<typeof ListEntriesRequestSchema>;

export type ExportState =
  | { state: 'idle' }
  | { state: 'writing'; rows: number; total: number }
  | { state: 'done'; rows: number; bytes: number; file: string; changed: string }
  | { state: 'failed'; error: unknown; rows: number };

const IDLE: ExportState = { state: 'idle' };
// Progress is for people: it need not be drawn more often.
const TELL_MS = 120;

/** Reads the whole result of a search as a file and saves it. */
export function useExport() {
  const client = createClient(EntryService, useTransport());
  const [state, setState] = useState<ExportState>(IDLE);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (query: Request, format: Format) => {
    const own = new AbortController();
    running.current?.abort();
    running.current = own;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let [rows, bytes, changed, told] = [0, 0, '', 0];
    setState({ state: 'writing', rows: 0, total: 0 });
    try {
      for await (const message of client.exportEntries(
        { query, format: format.format },
        { signal: own.signal },
      )) {
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
      const file = `entries-${stamp(new Date())}.${format.extension}`;
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
