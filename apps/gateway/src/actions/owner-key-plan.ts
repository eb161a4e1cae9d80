import { Code, ConnectError } from '@connectrpc/connect';
import type { ItemResult } from '@muster/api';
import { personOf } from '../owner-keys/person.ts';
import type { OwnerKeyRow } from '../owner-keys/port.ts';
import type { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { badInput } from './action.ts';
import type { ActionContext, Target } from './action.ts';
import type { Caller } from '../caller.ts';
import { nobody } from './channel-owner.ts';
import { done, failed } from './results.ts';

/** Keys are this gateway's own: no server is asked. */
export const here = 'this gateway';
export const hereTarget: Target = { connection: here, trustDomain: '', fingerprints: [] };

export const aliasField = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  description: 'A name for people: letters, digits, space and . _ @ - in it.',
} as const;

/** Why the vault takes no change now; throws. */
export async function requireVault({ ownerKeys }: ActionContext): Promise<void> {
  await ownerKeys.refresh();
  const problem = ownerKeys.changeProblem();
  if (problem !== '') throw new ConnectError(`${here}: ${problem}`, Code.FailedPrecondition);
}

/** A name that no other key has; `except` may keep its own. */
export function newAlias({ ownerKeys }: ActionContext, text: string, except = ''): string {
  const alias = text.trim();
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9 ._@-]{0,61}[A-Za-z0-9])?$/u.test(alias))
    throw badInput(
      'alias',
      'up to 63 letters, digits, spaces and . _ @ - are needed, with a letter or digit first and last.',
    );
  if (alias === nobody)
    throw badInput('alias', '“none” means that nobody owns a channel. Choose another name.');
  const other = ownerKeys.list().find((row) => row.alias === alias && row.did !== except);
  if (other) throw badInput('alias', `another key has this name already: ${other.did}.`);
  return alias;
}

/** A key that this gateway keeps, for what changes it. */
export function keptKey(context: ActionContext, field: string, text: string): OwnerKeyRow {
  const kept = context.ownerKeys.list().filter(({ source }) => source === 'kept');
  const found = kept.find(({ did }) => did === text) ?? kept.find(({ alias }) => alias === text);
  if (found) return found;
  const configured = context.ownerKeys.list().find(({ did, alias }) => did === text || alias === text);
  throw new ConnectError(
    configured
      ? `${field}: it is of the configuration (ownerKeyFile of ${configured.connections.join(', ')}). Change it there.`
      : `${field}: this gateway keeps no such key.${
          kept.length === 0
            ? ''
            : ` It keeps: ${kept
                .slice(0, 10)
                .map(({ alias }) => alias)
                .join(', ')}.`
        }`,
    configured ? Code.FailedPrecondition : Code.NotFound,
  );
}

/** Keeps a key, made only when it is applied or read when it was planned. */
export async function* keep(
  context: ActionContext,
  { alias, key }: { alias: string; key: () => OwnerKey },
  caller: Caller,
): AsyncGenerator<ItemResult> {
  try {
    const made = key();
    await context.ownerKeys.add({ key: made, alias, by: personOf(caller) });
    yield { ...done(alias, made.did), document: made.did };
  } catch (error) {
    yield failed(alias, error);
  } finally {
    context.onChannels('');
  }
}
