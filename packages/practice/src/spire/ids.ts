import { create } from '@bufbuild/protobuf';
import type { SPIFFEID } from '@muster/wire/gen/spire/api/types/spiffeid_pb.js';
import { SPIFFEIDSchema } from '@muster/wire/gen/spire/api/types/spiffeid_pb.js';
import { invalid } from './status.ts';

/**
 * SPIFFE IDs as the server judges them, in the server's own words: the messages are part of what the practice
 * network imitates, so this does not use the domain package's parser.
 */

export const text = (id: SPIFFEID | undefined): string => (id ? `spiffe://${id.trustDomain}${id.path}` : '');

export const spiffeId = (trustDomain: string, path: string): SPIFFEID =>
  create(SPIFFEIDSchema, { trustDomain, path });

export const serverPath = '/spire/server';

/** Bare or with the scheme; a path is tolerated, as the server does. */
export function parseTrustDomain(value: string): string {
  const scheme = value.indexOf('://');
  if (scheme > 0 && value.slice(0, scheme) !== 'spiffe') throw invalid('scheme is missing or invalid');
  const name = scheme > 0 ? (value.slice(scheme + 3).split('/')[0] ?? '') : value;
  if (name === '') throw invalid('trust domain is missing');
  if (!/^[a-z0-9._-]+$/.test(name))
    throw invalid(
      'trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores',
    );
  return name;
}

function checkPath(path: string): void {
  if (path === '') return;
  if (!path.startsWith('/')) throw invalid('path must have a leading slash');
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '')
      throw invalid(
        index === segments.length - 1
          ? 'path cannot have a trailing slash'
          : 'path cannot contain empty segments',
      );
    if (segment === '.' || segment === '..') throw invalid('path cannot contain dot segments');
    if (!/^[A-Za-z0-9._-]+$/.test(segment))
      throw invalid('path segment characters are limited to letters, numbers, dots, dashes, and underscores');
  }
}

/** Parses `spiffe://…` as go-spiffe does. */
export function parseSpiffeId(value: string): SPIFFEID {
  if (value === '') throw invalid('cannot be empty');
  if (!value.startsWith('spiffe://')) throw invalid('scheme is missing or invalid');
  const rest = value.slice('spiffe://'.length);
  const slash = rest.indexOf('/');
  const id = spiffeId(slash < 0 ? rest : rest.slice(0, slash), slash < 0 ? '' : rest.slice(slash));
  return checked(id);
}

function checked(id: SPIFFEID | undefined): SPIFFEID {
  if (!id) throw invalid('request must specify SPIFFE ID');
  const trustDomain = parseTrustDomain(id.trustDomain);
  checkPath(id.path);
  return spiffeId(trustDomain, id.path);
}

const isReserved = (path: string): boolean => path === '/spire' || path.startsWith('/spire/');

/** Any ID with a path of the trust domain. */
export function memberId(id: SPIFFEID | undefined, trustDomain: string): SPIFFEID {
  const parsed = checked(id);
  requireMember(parsed, trustDomain);
  if (parsed.path === '')
    throw invalid(`"${text(parsed)}" is not a member of trust domain "${trustDomain}"; path is empty`);
  return parsed;
}

/** An ID that may be issued to a workload. */
export function workloadId(id: SPIFFEID | undefined, trustDomain: string): SPIFFEID {
  const parsed = checked(id);
  requireMember(parsed, trustDomain);
  const problem =
    parsed.path === ''
      ? 'path is empty'
      : isReserved(parsed.path)
        ? 'path is in the reserved namespace'
        : undefined;
  if (problem)
    throw invalid(`"${text(parsed)}" is not a workload in trust domain "${trustDomain}"; ${problem}`);
  return parsed;
}

export function agentId(id: SPIFFEID | undefined, trustDomain: string): SPIFFEID {
  const parsed = checked(id);
  requireMember(parsed, trustDomain);
  const problem =
    parsed.path === ''
      ? 'path is empty'
      : parsed.path.startsWith('/spire/agent/')
        ? undefined
        : 'path is not in the agent namespace';
  if (problem)
    throw invalid(`"${text(parsed)}" is not an agent in trust domain "${trustDomain}"; ${problem}`);
  return parsed;
}

function requireMember(id: SPIFFEID, trustDomain: string): void {
  if (id.trustDomain !== trustDomain)
    throw invalid(`"${text(id)}" is not a member of trust domain "${trustDomain}"`);
}
