import { refusedInput } from '../../components/index.ts';
import type { Draft } from './draft.ts';
import type { Problems } from './problems.ts';

/** Fields of the actions' input, as the form calls them. */
const FIELDS: ReadonlyMap<string, keyof Draft> = new Map<string, keyof Draft>([
  ['spiffe_id', 'spiffeId'],
  ['parent_id', 'parentId'],
  ['selectors', 'selectors'],
  ['x509_svid_ttl', 'x509Ttl'],
  ['jwt_svid_ttl', 'jwtTtl'],
  ['federates_with', 'federatesWith'],
  ['dns_names', 'dnsNames'],
  ['hint', 'hint'],
  ['admin', 'admin'],
  ['downstream', 'downstream'],
  ['store_svid', 'storeSvid'],
  ['disable_x509_svid_prefetch', 'noPrefetch'],
  ['jwt_svid_include_jti', 'includeJti'],
  ['expires_at', 'expiresAt'],
]);

const NAMED = /^(?:entries\[0\]|set)\.([a-z0-9_]+)(?:\[(\d{1,4})\])?: ([\s\S]+)$/;

/**
 * Why no plan could be made, at the field it names: `entries[0].selectors[1]: …`. Undefined when it names none that
 * the form has; then the dialog says it.
 */
export function refusedField(error: unknown): Problems | undefined {
  const words = refusedInput(error);
  if (words === undefined) return undefined;
  const connection = /^connection: ([\s\S]+)$/.exec(words)?.[1];
  if (connection) return { connection };
  const [, name = '', index, message = ''] = NAMED.exec(words) ?? [];
  const field = FIELDS.get(name);
  if (!field) return undefined;
  // Of several values, which one.
  return { [field]: index === undefined ? message : `No. ${Number(index) + 1}: ${message}` };
}
