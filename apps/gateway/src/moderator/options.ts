import { parseSlimName } from '@muster/domain/slim-name';
import { moderatorError, permanentError } from './errors.ts';
import { addressOf } from './probe.ts';
import type { ModeratorOptions } from './types.ts';

/** @throws {CallError} `invalid-name` */
export function checkName(text: string, instanceAllowed = false): void {
  const name = parseSlimName(text);
  if (!name.ok || (name.value.instance !== undefined && !instanceAllowed))
    throw moderatorError('invalid-name', text);
}

/** What no other attempt could change. The bindings would refuse a short secret in cryptographic terms. */
export function checkOptions({ endpoint, name, identity }: ModeratorOptions): void {
  try {
    addressOf(endpoint);
  } catch {
    throw permanentError(`the endpoint ${endpoint} is not http://host:port or https://host:port`);
  }
  const parsed = parseSlimName(name);
  if (!parsed.ok || parsed.value.instance !== undefined) {
    throw permanentError(moderatorError('invalid-name', name).message);
  }
  if (identity.kind === 'shared-secret' && Buffer.byteLength(identity.secret) < 32) {
    throw permanentError('the shared secret is shorter than the 32 bytes SLIM asks for');
  }
}
