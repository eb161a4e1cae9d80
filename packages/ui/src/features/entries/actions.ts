import type { Entry } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';

/** Input of `entry.delete`: a plan is bound to one server. */
export const deleteInput = (connection: string, entries: readonly Entry[]): JsonObject => ({
  connection,
  ids: entries.map((entry) => entry.id),
});

/** The entries of each connection, in the order they were chosen. */
export function byConnection(
  entries: readonly Entry[],
): readonly [connection: string, entries: readonly Entry[]][] {
  return [...Map.groupBy(entries, (entry) => entry.connection)];
}
