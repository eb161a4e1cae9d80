import { parseSelector } from '@muster/domain/selector';
import { parseSpiffeId, parseTrustDomain } from '@muster/domain/spiffe-id';
import { type Draft, isTyped, type SelectorDraft } from './draft.ts';

export type Problems = { [field in keyof Draft]?: string };

const LONGEST_TTL = 2_147_483_647;
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** What the server would refuse, by field; the gateway checks the same and more. */
export function problemsOf(draft: Draft, trustDomain: string | undefined): Problems {
  const problems: Problems = {};
  const note = (field: keyof Draft, problem: string | undefined) => {
    if (problem) problems[field] = problem;
  };
  if (!draft.connection) note('connection', 'Choose the server.');
  note('spiffeId', idProblem(draft.spiffeId.trim(), trustDomain));
  if (!problems.spiffeId && /^spiffe:\/\/[^/]+\/spire(\/|$)/.test(draft.spiffeId.trim()))
    note('spiffeId', 'Paths below /spire belong to SPIRE itself.');
  note('parentId', idProblem(draft.parentId.trim(), trustDomain));
  note('selectors', selectorsProblem(draft));
  note('x509Ttl', ttlProblem(draft.x509Ttl));
  note('jwtTtl', ttlProblem(draft.jwtTtl));
  const expiry = draft.expiresAt.trim();
  if (expiry && (!RFC3339.test(expiry) || Number.isNaN(Date.parse(expiry))))
    note('expiresAt', 'Write it as 2027-01-31T12:00:00Z.');
  return problems;
}

function idProblem(text: string, trustDomain: string | undefined): string | undefined {
  if (!text) return 'This is needed.';
  const id = parseSpiffeId(text);
  if (!id.ok) return `${id.problem.message} (SPIFFE ${id.problem.code})`;
  if (trustDomain && id.value.trustDomain !== trustDomain)
    return `It is of ${id.value.trustDomain}, and this server issues for ${trustDomain} only.`;
  return id.value.path === '' ? 'A path is needed after the trust domain.' : undefined;
}

function selectorProblem({ type, value }: SelectorDraft): string | undefined {
  if (type.includes(':')) return 'A type has no colon; what follows it belongs to the value.';
  const selector = parseSelector(`${type.trim()}:${value.trim()}`);
  return selector.ok ? undefined : selector.problem.message;
}

function selectorsProblem({ selectors, storeSvid }: Draft): string | undefined {
  const typed = selectors.filter(isTyped);
  if (typed.length === 0)
    return 'At least one selector is needed: without any, nothing says which workloads are meant.';
  const broken = typed.map(selectorProblem).find((problem) => problem !== undefined);
  if (broken) return broken;
  const names = typed.map(({ type, value }) => `${type.trim()}:${value.trim()}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) return `${twice} is there twice.`;
  if (storeSvid && new Set(typed.map(({ type }) => type.trim())).size > 1)
    return 'When the SVID is stored, all selectors must be of one type.';
  return undefined;
}

function ttlProblem(text: string): string | undefined {
  if (!text) return undefined;
  const seconds = Number(text);
  return Number.isInteger(seconds) && seconds > 0 && seconds <= LONGEST_TTL
    ? undefined
    : 'Whole seconds, more than 0.';
}

export function trustDomainProblem(name: string): string | undefined {
  const read = parseTrustDomain(name.replace(/^spiffe:\/\//, ''));
  return read.ok ? undefined : read.problem.message;
}

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

export function dnsProblem(name: string): string | undefined {
  const labels = name.split('.');
  const rest = labels[0] === '*' ? labels.slice(1) : labels;
  return name.length <= 253 && rest.length > 0 && rest.every((label) => LABEL.test(label))
    ? undefined
    : `${name} is not a DNS name.`;
}
