import type { Target } from '../actions/action.ts';
import { badInput } from '../actions/action.ts';
import type { ActionContext } from '../actions/action.ts';
import { bindTarget, spireConnection } from '../actions/spire-target.ts';
import { refuse } from '../upstream/refuse.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { compare } from './difference.ts';
import type { Difference, Mode } from './difference.ts';
import { readInThread } from './thread.ts';
import type { Format, ReadFile } from './types.ts';

export interface Prepared {
  connection: SpireConnection;
  target: Target;
  file: ReadFile;
  /** Empty when the file as a whole cannot be read. */
  rows: Difference[];
}

export interface ImportRequest {
  connection: string;
  format: Format | undefined;
  text: string;
  mode: Mode;
}

/** Reads a file and compares it with the server it is for. Changes nothing. */
export async function prepareImport(
  context: Pick<ActionContext, 'connections' | 'inventory'>,
  { connection: name, format, text, mode }: ImportRequest,
): Promise<Prepared> {
  const named = name === '' ? undefined : spireConnection(context as ActionContext, name, undefined);
  const bound = named && { connection: named, target: await bindTarget(named) };
  const file = await readInThread(text, format, bound?.target.trustDomain ?? '');
  const { connection, target } = bound ?? (await byTrustDomain(context, file));
  if (file.problems.length > 0) return { connection, target, file, rows: [] };
  const there = context.inventory.feedState(target.connection)?.expected ?? 0;
  try {
    return { connection, target, file, rows: await compare(connection, file, mode, there) };
  } catch (error) {
    throw refuse('Comparing the file', target.connection, error);
  }
}

async function byTrustDomain(
  context: Pick<ActionContext, 'connections' | 'inventory'>,
  file: ReadFile,
): Promise<{ connection: SpireConnection; target: Target }> {
  if (file.trustDomain === '' && context.connections.spire.length > 1)
    throw badInput(
      'connection',
      'name the server: no row has a SPIFFE ID that can be read, so it cannot be told from the file.',
    );
  const connection = spireConnection(context as ActionContext, undefined, file.trustDomain || undefined);
  return { connection, target: await bindTarget(connection) };
}
