import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ImportFormat,
  ImportMode,
  ImportRowSchema,
  ImportService,
  ImportVerb,
  ImportVerbCountSchema,
  InputProblemSchema,
  PreviewImportResponseSchema,
} from '@muster/api';
import type { ImportRow, InputProblem } from '@muster/api';
import { badInput } from '../actions/action.ts';
import { allFields } from '../actions/entry-diff.ts';
import type { Difference, Verb } from '../import/difference.ts';
import { prepareImport } from '../import/prepare.ts';
import type { Format, Problem } from '../import/types.ts';
import { pageOf } from './context.ts';
import type { ViewContext } from './context.ts';

const formats = new Map<ImportFormat, Format>([
  [ImportFormat.CSV, 'csv'],
  [ImportFormat.YAML, 'yaml'],
  [ImportFormat.JSON, 'json'],
  [ImportFormat.SPIRE_DATA, 'spire-data'],
]);
const verbs: Record<Verb, ImportVerb> = {
  create: ImportVerb.CREATE,
  update: ImportVerb.UPDATE,
  unchanged: ImportVerb.UNCHANGED,
  conflict: ImportVerb.CONFLICT,
  error: ImportVerb.ERROR,
};
const mostProblems = 100;

export function importService(context: ViewContext): Partial<ServiceImpl<typeof ImportService>> {
  return {
    async previewImport({ connection, format, text, mode, verb, page }) {
      if (text === '') throw badInput('text', 'the file is empty.');
      const { file, rows, target } = await prepareImport(context, {
        connection,
        format: formats.get(format),
        text,
        mode: mode === ImportMode.CREATE_ONLY ? 'create-only' : 'create-and-update',
      });
      const wanted = verb === ImportVerb.UNSPECIFIED ? rows : rows.filter((row) => verbs[row.verb] === verb);
      const { offset, limit } = pageOf(page);
      const counts = Map.groupBy(rows, (row) => row.verb);
      return create(PreviewImportResponseSchema, {
        format: [...formats].find(([, name]) => name === file.format)?.[0] ?? ImportFormat.UNSPECIFIED,
        connection: target.connection,
        trustDomain: target.trustDomain,
        rows: wanted.slice(offset, offset + limit).map(toRow),
        counts: [...counts].map(([one, some]) =>
          create(ImportVerbCountSchema, { verb: verbs[one], count: some.length }),
        ),
        problems: file.problems.slice(0, mostProblems).map(toProblem),
        notes: file.notes.slice(0, mostProblems),
        total: wanted.length,
      });
    },
  };
}

function toRow(row: Difference): ImportRow {
  const { after, before, changes } = row;
  return create(ImportRowSchema, {
    line: row.line,
    verb: verbs[row.verb],
    spiffeId: after.spiffeId,
    parentId: after.parentId,
    selectors: after.selectors.map(({ type, value }) => `${type}:${value}`),
    entryId: before?.id ?? '',
    fields: row.verb === 'create' ? allFields(after, 'after') : changes,
    problems: row.problems.map(toProblem),
  });
}

const toProblem = (problem: Problem): InputProblem => create(InputProblemSchema, problem);
