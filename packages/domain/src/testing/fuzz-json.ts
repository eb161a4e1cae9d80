import { type Bytes, utf8Decode, utf8Encode } from '../bytes.ts';
import type { Random } from './fuzz-random.ts';

const VALUES: readonly unknown[] = [
  null, true, '', 'x', 0, -1, 1.5, 2 ** 53, 1e300, [], {}, [[]], ['a', 'b'], [null], { a: 1 }, '__proto__',
  'spiffe://example.org/web', 'x509-svid', 'jwt-svid', 'EC', 'RSA', 'OKP', 'ES256', 'none', 'JWT', 'AQAB',
]; // prettier-ignore
const NAMES = [
  'kty', 'use', 'kid', 'x5c', 'crv', 'x', 'y', 'n', 'e', 'd', 'k', 'alg', 'key_ops', 'keys', 'spiffe_sequence',
  'spiffe_refresh_hint', 'sub', 'aud', 'exp', 'nbf', 'iat', 'iss', 'cnf', 'jwk', 'typ', 'crit', 'cty', 'trust_domains',
  '__proto__', 'constructor', 'toString', '',
]; // prettier-ignore

interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

/** Changes one member of a JSON document and writes the whole again. Undefined when the bytes are not JSON. */
export function mutateJson(bytes: Bytes, random: Random): Bytes | undefined {
  const text = utf8Decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const places: Place[] = [];
  visit(value, places);
  const place = places[random(places.length)];
  const other = places[random(places.length)];
  if (!place || !other) return undefined;
  const { holder, name } = place;
  switch (random(6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(name), 1);
      else delete holder[name];
      break;
    case 1:
      define(holder, name, pick(VALUES, random));
      break;
    case 2:
      define(holder, Array.isArray(holder) ? name : pick(NAMES, random), pick(VALUES, random));
      break;
    case 3:
      define(holder, name, structuredClone(other.holder[other.name]));
      break;
    case 4:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(name)]));
      else define(holder, pick(NAMES, random), structuredClone(holder[name]));
      break;
    default:
      return utf8Encode(twice(JSON.stringify(value), random));
  }
  return utf8Encode(JSON.stringify(value));
}

/** JSON.stringify writes no member twice; this does, with a piece of the text that looks like one. */
function twice(text: string, random: Random): string {
  const members = [...text.matchAll(/"[^"]*":(?:"[^"]*"|\d+)/gu)];
  const member = members[random(members.length)];
  return member ? `${text.slice(0, member.index)}${member[0]},${text.slice(member.index)}` : text;
}

function visit(value: object, into: Place[]): void {
  for (const [name, item] of Object.entries(value)) {
    into.push({ holder: value as Record<string, unknown>, name });
    if (typeof item === 'object' && item !== null && into.length < 2000) visit(item, into);
  }
}

/** Sets `__proto__` as a member, too, where an assignment would not. */
function define(holder: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

function pick<T>(list: readonly T[], random: Random): T {
  const item = list[random(list.length)];
  if (item === undefined && list.length === 0) throw new Error('There is nothing to pick from.');
  return item as T;
}
