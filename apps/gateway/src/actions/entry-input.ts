import { parseSelector, parseSpiffeId, parseTrustDomain } from '@muster/domain';
import type { EntryFields, SelectorRow } from '../upstream/spire/rows.ts';
import { badInput } from './action.ts';

/** A registration entry as a person gives it. */
export interface EntryInput {
  spiffe_id: string;
  parent_id: string;
  selectors: string[];
  x509_svid_ttl?: number;
  jwt_svid_ttl?: number;
  federates_with?: string[];
  dns_names?: string[];
  hint?: string;
  admin?: boolean;
  downstream?: boolean;
  store_svid?: boolean;
  disable_x509_svid_prefetch?: boolean;
  jwt_svid_include_jti?: boolean;
  expires_at?: string;
}

const names = (maxItems: number) => ({
  type: 'array',
  maxItems,
  items: { type: 'string', minLength: 1, maxLength: 2048 },
});
const ttl = { type: 'integer', minimum: 0, maximum: 2_147_483_647 };

export const entryProperties = {
  spiffe_id: { type: 'string', minLength: 1, maxLength: 2048, description: 'Whole SPIFFE ID.' },
  parent_id: {
    type: 'string',
    minLength: 1,
    maxLength: 2048,
    description: 'SPIFFE ID of an agent, an alias of nodes, or the server.',
  },
  selectors: { ...names(100), minItems: 1, description: 'Each as type:value.' },
  x509_svid_ttl: { ...ttl, description: 'Seconds; 0 is the server’s default.' },
  jwt_svid_ttl: { ...ttl, description: 'Seconds; 0 is the server’s default.' },
  federates_with: { ...names(100), description: 'Trust domain names.' },
  dns_names: { ...names(100) },
  hint: { type: 'string', maxLength: 1024 },
  admin: { type: 'boolean' },
  downstream: { type: 'boolean' },
  store_svid: { type: 'boolean' },
  disable_x509_svid_prefetch: {
    type: 'boolean',
    description: 'The agent makes no X.509-SVID before a workload asks for one.',
  },
  jwt_svid_include_jti: {
    type: 'boolean',
    description: 'Each JWT-SVID has an ID of its own (jti), and is not cached.',
  },
  expires_at: { type: 'string', maxLength: 40, description: 'RFC 3339; empty is never.' },
};

/** SPIRE refuses the two together. */
export const storedWords = 'not together with store_svid: what is stored is always made ahead.';

/** Turns the fields given into the server's, each checked; `at` names where they stand in the input. */
export function parseFields(
  input: Partial<EntryInput>,
  at: string,
  trustDomain: string,
): Partial<EntryFields> {
  const out: Partial<EntryFields> = {};
  if (input.spiffe_id !== undefined)
    out.spiffeId = parseMember(`${at}.spiffe_id`, input.spiffe_id, trustDomain, false);
  if (input.parent_id !== undefined)
    out.parentId = parseMember(`${at}.parent_id`, input.parent_id, trustDomain, true);
  if (input.selectors !== undefined) out.selectors = parseSelectors(`${at}.selectors`, input.selectors);
  if (input.x509_svid_ttl !== undefined) out.x509SvidTtl = input.x509_svid_ttl;
  if (input.jwt_svid_ttl !== undefined) out.jwtSvidTtl = input.jwt_svid_ttl;
  if (input.federates_with !== undefined) {
    out.federatesWith = unique(
      input.federates_with.map((name, index) => parseDomain(`${at}.federates_with[${index}]`, name)),
    );
  }
  if (input.dns_names !== undefined)
    out.dnsNames = input.dns_names.map((name, index) => parseDns(`${at}.dns_names[${index}]`, name));
  if (input.hint !== undefined) out.hint = input.hint;
  if (input.admin !== undefined) out.admin = input.admin;
  if (input.downstream !== undefined) out.downstream = input.downstream;
  if (input.store_svid !== undefined) out.storeSvid = input.store_svid;
  if (input.disable_x509_svid_prefetch !== undefined)
    out.disableX509SvidPrefetch = input.disable_x509_svid_prefetch;
  if (input.jwt_svid_include_jti !== undefined) out.jwtSvidIncludeJti = input.jwt_svid_include_jti;
  if (input.expires_at !== undefined) out.expiresAt = parseTime(`${at}.expires_at`, input.expires_at);
  if (out.storeSvid === true && out.selectors && new Set(out.selectors.map(({ type }) => type)).size > 1) {
    throw badInput(`${at}.selectors`, 'with store_svid all selectors must be of one type.');
  }
  if (out.storeSvid === true && out.disableX509SvidPrefetch === true)
    throw badInput(`${at}.disable_x509_svid_prefetch`, storedWords);
  if (out.dnsNames && new Set(out.dnsNames).size < out.dnsNames.length)
    throw badInput(`${at}.dns_names`, 'a name is there twice.');
  return out;
}

/** What the input calls each field. */
export const inputNames: ReadonlyMap<keyof EntryFields, keyof EntryInput> = new Map<
  keyof EntryFields,
  keyof EntryInput
>([
  ['spiffeId', 'spiffe_id'],
  ['parentId', 'parent_id'],
  ['selectors', 'selectors'],
  ['x509SvidTtl', 'x509_svid_ttl'],
  ['jwtSvidTtl', 'jwt_svid_ttl'],
  ['federatesWith', 'federates_with'],
  ['dnsNames', 'dns_names'],
  ['hint', 'hint'],
  ['admin', 'admin'],
  ['downstream', 'downstream'],
  ['storeSvid', 'store_svid'],
  ['disableX509SvidPrefetch', 'disable_x509_svid_prefetch'],
  ['jwtSvidIncludeJti', 'jwt_svid_include_jti'],
  ['expiresAt', 'expires_at'],
]);

/** Of an entry, the fields named, as input: what puts them back. */
export function partInput(fields: EntryFields, keys: readonly (keyof EntryFields)[]): Partial<EntryInput> {
  const whole = toInput(fields);
  const out: Partial<EntryInput> = {};
  for (const key of keys) {
    const name = inputNames.get(key);
    if (name) Object.assign(out, { [name]: whole[name] });
  }
  return out;
}

/** Adds what was not given. */
export function complete(fields: Partial<EntryFields>): EntryFields {
  return {
    spiffeId: '',
    parentId: '',
    selectors: [],
    x509SvidTtl: 0,
    jwtSvidTtl: 0,
    federatesWith: [],
    admin: false,
    downstream: false,
    expiresAt: 0n,
    dnsNames: [],
    storeSvid: false,
    hint: '',
    disableX509SvidPrefetch: false,
    jwtSvidIncludeJti: false,
    ...fields,
  };
}

/** The input that makes such an entry again. */
export function toInput(fields: EntryFields): EntryInput {
  return {
    spiffe_id: fields.spiffeId,
    parent_id: fields.parentId,
    selectors: fields.selectors.map(({ type, value }) => `${type}:${value}`),
    x509_svid_ttl: fields.x509SvidTtl,
    jwt_svid_ttl: fields.jwtSvidTtl,
    federates_with: [...fields.federatesWith],
    dns_names: [...fields.dnsNames],
    hint: fields.hint,
    admin: fields.admin,
    downstream: fields.downstream,
    store_svid: fields.storeSvid,
    disable_x509_svid_prefetch: fields.disableX509SvidPrefetch,
    jwt_svid_include_jti: fields.jwtSvidIncludeJti,
    expires_at: showTime(fields.expiresAt),
  };
}

function parseMember(field: string, text: string, trustDomain: string, parent: boolean): string {
  const id = parseSpiffeId(text);
  if (!id.ok) throw badInput(field, `${id.problem.message} (SPIFFE ${id.problem.code})`);
  if (id.value.trustDomain !== trustDomain) {
    throw badInput(
      field,
      `it is of ${id.value.trustDomain}, and this server issues for ${trustDomain} only.`,
    );
  }
  if (id.value.path === '') throw badInput(field, 'a path is needed after the trust domain.');
  if (!parent && (id.value.path === '/spire' || id.value.path.startsWith('/spire/'))) {
    throw badInput(field, 'paths below /spire belong to SPIRE itself.');
  }
  return id.value.uri;
}

function parseSelectors(field: string, texts: readonly string[]): SelectorRow[] {
  const seen = new Set<string>();
  return texts.map((text, index) => {
    const selector = parseSelector(text);
    if (!selector.ok) throw badInput(`${field}[${index}]`, selector.problem.message);
    if (seen.has(text)) throw badInput(`${field}[${index}]`, 'this selector is there twice.');
    seen.add(text);
    return { type: selector.value.type, value: selector.value.value };
  });
}

function parseDomain(field: string, text: string): string {
  const name = parseTrustDomain(text.replace(/^spiffe:\/\//u, ''));
  if (!name.ok) throw badInput(field, name.problem.message);
  return name.value;
}

const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/u;

export function parseDns(field: string, text: string): string {
  const labels = text.split('.');
  const rest = labels[0] === '*' ? labels.slice(1) : labels;
  if (text.length > 253 || rest.length === 0 || !rest.every((part) => label.test(part)))
    throw badInput(field, 'not a DNS name.');
  return text;
}

function parseTime(field: string, text: string): bigint {
  if (text === '') return 0n;
  const shape = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/u;
  const time = shape.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw badInput(field, 'not a time as RFC 3339 writes it, e.g. 2027-01-31T12:00:00Z.');
  const seconds = BigInt(Math.floor(time / 1000));
  if (seconds === 0n)
    throw badInput(field, 'SPIRE reads 1970-01-01T00:00:00Z as never; leave it empty for that.');
  return seconds;
}

/** RFC 3339, empty for never; times no date can hold stay numbers. */
export function showTime(seconds: bigint): string {
  if (seconds === 0n) return '';
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString().replace('.000Z', 'Z');
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
