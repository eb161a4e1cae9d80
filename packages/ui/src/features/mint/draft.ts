import { parseSpiffeId, type RequestKey } from '@muster/domain';

export type MintKind = 'x509' | 'jwt';

/** What is typed. */
export interface MintDraft {
  kind: MintKind;
  connection: string;
  spiffeId: string;
  dnsNames: readonly string[];
  key: RequestKey;
  audience: readonly string[];
  /** Seconds as text; empty: the server's default. */
  ttl: string;
}

export const emptyDraft: MintDraft = {
  kind: 'x509',
  connection: '',
  spiffeId: '',
  dnsNames: [],
  key: 'EC P-256',
  audience: [],
  ttl: '',
};

export type Problems = Partial<Record<'connection' | 'spiffeId' | 'audience' | 'ttl', string>>;

const mostTtl = 2_147_483_647;

/** What is wrong or missing, by field. `trustDomain` is the server's; empty while it is not known. */
export function problemsOf(draft: MintDraft, trustDomain: string): Problems {
  const problems: Problems = {};
  if (draft.connection === '') problems.connection = 'Choose the server that signs it.';
  const id = parseSpiffeId(draft.spiffeId.trim());
  if (draft.spiffeId.trim() === '') problems.spiffeId = 'Whose SVID is it?';
  else if (!id.ok) problems.spiffeId = id.problem.message;
  else if (id.value.path === '') problems.spiffeId = 'A path is needed after the trust domain.';
  else if (/^\/spire(\/|$)/u.test(id.value.path)) problems.spiffeId = 'Paths below /spire are SPIRE’s own.';
  else if (trustDomain !== '' && id.value.trustDomain !== trustDomain)
    problems.spiffeId = `This server signs for ${trustDomain} only.`;
  if (draft.kind === 'jwt' && draft.audience.length === 0)
    problems.audience = 'A token is always for somebody: name who it is for.';
  const ttl = Number(draft.ttl);
  if (draft.ttl !== '' && (!/^\d{1,10}$/u.test(draft.ttl) || ttl < 1 || ttl > mostTtl))
    problems.ttl = 'Whole seconds, from 1.';
  return problems;
}

/** Why an entered DNS name cannot be one. */
export function dnsProblem(name: string): string | undefined {
  const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/u;
  const labels = name.split('.');
  const rest = labels[0] === '*' ? labels.slice(1) : labels;
  return name.length <= 253 && rest.length > 0 && rest.every((part) => label.test(part))
    ? undefined
    : `${name} is not a DNS name.`;
}
