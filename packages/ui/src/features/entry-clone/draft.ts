import type { JsonObject } from '@bufbuild/protobuf';

export interface Replacement {
  find: string;
  with: string;
  /** Where it is looked for; empty: in ID, selectors, DNS names and hint. */
  in: '' | 'spiffe_id' | 'selectors' | 'dns_names' | 'hint';
}

/** Input of `entry.clone`; replacements that are not filled in yet are left out. */
export function cloneInput(
  connection: string,
  ids: readonly string[],
  to: string,
  parents: readonly string[],
  replace: readonly Replacement[],
): JsonObject {
  const whole = replace.filter((one) => one.find !== '');
  return {
    connection,
    ids: [...ids],
    ...(to !== connection && { to }),
    ...(parents.length > 0 && { parents: [...parents] }),
    ...(whole.length > 0 && {
      replace: whole.map((one) => ({
        find: one.find,
        with: one.with,
        ...(one.in !== '' && { in: [one.in] }),
      })),
    }),
  };
}
