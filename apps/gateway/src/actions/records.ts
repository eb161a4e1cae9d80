import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { ActionRecordSchema, GetRecordResponseSchema, ListRecordsResponseSchema } from '@muster/api';
import type { ActionRecord, GetRecordResponse, ListRecordsResponse } from '@muster/api';
import type { RecordRow } from '../inventory/store/audit-log.ts';
import type { Store } from '../inventory/store/client.ts';
import { mostUndo } from '../inventory/store/undo.ts';
import type { UndoRow } from '../inventory/store/undo.ts';
import { findAction } from './registry.ts';

/** Whether a record is of something that is being applied just now. */
type UnderWay = (record: string) => boolean;

/** Records of what was applied or refused, newest first, each with whether it can be undone. */
export async function listRecords(
  store: Store,
  underWay: UnderWay,
  offset: number,
  limit: number,
): Promise<ListRecordsResponse> {
  const { records, total } = await store.listRecords(offset, limit);
  return create(ListRecordsResponseSchema, {
    records: await withUndo(store, underWay, records),
    total: BigInt(total),
  });
}

/** One record, with the input that undoes it. */
export async function getRecord(store: Store, underWay: UnderWay, id: string): Promise<GetRecordResponse> {
  const row = id.length > 64 ? undefined : await store.recordById(id);
  if (!row)
    throw new ConnectError('id: there is no such record. Activity lists those there are.', Code.NotFound);
  const [record] = await withUndo(store, underWay, [row]);
  const input = record && record.undoProblem === '' ? await store.undoInput(id) : undefined;
  return create(GetRecordResponseSchema, {
    ...(record ? { record } : {}),
    ...(input === undefined ? {} : { inverseInput: JSON.parse(input) as JsonObject }),
  });
}

async function withUndo(
  store: Store,
  underWay: UnderWay,
  rows: readonly RecordRow[],
): Promise<ActionRecord[]> {
  const undos = new Map(
    (await store.undosOf(rows.map(({ record }) => record))).map((row) => [row.record, row]),
  );
  const undoers = [...undos.values()].flatMap(({ undoneBy }) => (undoneBy === '' ? [] : [undoneBy]));
  const whole = new Set<string>();
  for (const id of new Set(undoers)) if ((await store.recordById(id))?.state === 'done') whole.add(id);
  return rows.map((row) => {
    const cut = row.state === 'started' && !underWay(row.record);
    return toRecord(cut ? { ...row, state: 'interrupted' } : row, undos.get(row.record), whole);
  });
}

/** @param whole records that did all that they were to do */
function toRecord(line: RecordRow, undo: UndoRow | undefined, whole: ReadonlySet<string>): ActionRecord {
  const problem = undoProblem(line, undo, whole);
  return create(ActionRecordSchema, {
    id: line.record,
    at: timestampFromDate(new Date(line.startedAt)),
    action: line.action,
    title: line.title,
    session: line.session,
    client: line.client,
    state: line.state,
    detail: line.detail,
    digest: line.digest,
    inverse: problem === '' ? (undo?.action ?? '') : '',
    undoProblem: problem,
    undoneBy: undo?.undoneBy ?? '',
  });
}

function undoProblem(line: RecordRow, undo: UndoRow | undefined, whole: ReadonlySet<string>): string {
  if (line.state === 'started') return 'It is being applied.';
  if (undo) {
    if (whole.has(undo.undoneBy)) return 'It was undone already.';
    if (undo.kept) return '';
    return undo.size > mostUndo
      ? `What would undo it has ${megabytes(undo.size)} MB: more than the ${megabytes(mostUndo)} MB that a record keeps. History has each of its changes.`
      : 'What would undo it has made room for newer records. History has each of its changes.';
  }
  if (line.state === 'refused') return 'Nothing was changed, so there is nothing to undo.';
  const action = findAction(line.action);
  if (!action || action.inverse === '') return 'This kind of change has no inverse.';
  if (line.state === 'unknown')
    return 'What was done of it is not known. Read the list again, and change what is to be changed there.';
  if (line.state === 'interrupted') return 'Its result was not kept: what there is to undo is not known.';
  return 'What would undo it was not kept.';
}

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1).replace(/\.0$/u, '');
