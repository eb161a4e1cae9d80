import { createHash } from 'node:crypto';
import { Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { parseSpiffeId } from '@muster/domain';
import type { Caller } from '../caller.ts';
import { joinTokenCommand } from '../upstream/spire/agent-commands.ts';
import type { MadeToken } from '../upstream/spire/agent-calls.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext, Target } from './action.ts';
import { powerOf } from './entry-power.ts';
import { change, count, done, failed, fieldChange } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  /** Seconds. */
  ttl?: number;
  spiffeId?: string;
}

/** As `spire-server token generate` has it. */
const usualTtl = 600;
const hour = 3600;
/** The wire's int32. */
const mostTtl = 2_147_483_647;

/** Agent.CreateJoinToken. The token is told once to whoever applies, and written down nowhere. */
export const agentJoinToken: Action<Input> = {
  name: 'agent.joinToken',
  title: 'Make a join token',
  role: 'operator',
  // The server cannot take a token back.
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      connection: { type: 'string', maxLength: 63 },
      ttl: { type: 'integer', minimum: 1, maximum: mostTtl },
      spiffeId: { type: 'string', maxLength: 2048 },
    },
  },

  async plan({ connection: name, ttl = usualTtl, spiffeId = '' }, context) {
    const alias = spiffeId === '' ? '' : parseAlias(spiffeId);
    const connection = spireConnection(context, name, alias === '' ? undefined : domainOf(alias));
    const target = await bindTarget(connection, 'agents.write');
    if (alias !== '' && domainOf(alias) !== target.trustDomain)
      throw badInput(
        'spiffeId',
        `it is of ${domainOf(alias)}, and ${target.connection} issues for ${target.trustDomain} only.`,
      );
    const children =
      alias === '' ? 0 : await context.inventory.store.childCount(target.connection, alias).catch(() => 0);
    const twins =
      alias === ''
        ? 0
        : await context.inventory.store
            .entriesBySpiffeId(target.connection, alias, 0)
            .then((found) => found.length)
            .catch(() => 0);
    const powerful =
      children === 0 ? [] : await context.inventory.store.powerfulUnder(target.connection, alias);
    // Those further down, and another entry of the same ID, are power, too.
    const power =
      alias === '' || powerful.length > 0
        ? { role: {}, warnings: [] }
        : await powerOf(context, connection, [{ spiffeId: alias, admin: false, downstream: false }]);
    return {
      title: 'Make 1 join token',
      target,
      changes: [
        change('create', 'join token', `join token for ${target.trustDomain}`, target.connection, [
          fieldChange('Valid for', '', `${ttl} s`),
          fieldChange('Alias', '', alias === '' ? 'none' : alias),
        ]),
      ],
      effects: [
        'Whoever has the token may attest one agent with it, once, until it expires. It is shown once, after this, and kept nowhere here: only its SHA-256 and its last four characters are.',
        'The server can neither list nor revoke join tokens: once made, it is good until it is used or expires.',
        ...(alias === ''
          ? []
          : [
              `SPIRE also makes an entry ${alias} under the agent to come. It never expires, and is there even if the token is never used.${children > 0 ? ` ${count(children, 'entry', 'entries')} under that ID will be served by the new agent.` : ''}`,
            ]),
      ],
      warnings: [...power.warnings, ...warningsOf({ ttl, alias, twins, powerful })],
      commands: [joinTokenCommand(connection.config.address, ttl, alias)],
      destructive: false,
      // An agent that serves such an entry holds the power over the whole trust domain.
      ...(powerful.length > 0 ? { role: 'administrator' as const } : power.role),
      before: null,
      check: () => checkTarget(connection, target),
      apply: (caller) => make(context, connection, target, { ttl, alias, caller }),
      inverseInput: () => undefined,
    };
  },
};

const domainOf = (id: string): string => id.slice('spiffe://'.length).split('/')[0] ?? '';

function parseAlias(text: string): string {
  const id = parseSpiffeId(text);
  if (!id.ok) throw badInput('spiffeId', `${id.problem.message} (SPIFFE ${id.problem.code})`);
  if (id.value.path === '') throw badInput('spiffeId', 'a path is needed after the trust domain.');
  if (id.value.path === '/spire' || id.value.path.startsWith('/spire/'))
    throw badInput('spiffeId', 'paths below /spire belong to SPIRE itself.');
  return id.value.uri;
}

function warningsOf(about: { ttl: number; alias: string; twins: number; powerful: string[] }): Warning[] {
  const { ttl, alias, twins, powerful } = about;
  const out: Warning[] = [];
  if (ttl > 24 * hour)
    out.push(
      warn(
        'long-ttl',
        `It is good for ${Math.floor(ttl / hour)} hours and cannot be revoked. Ten minutes are usual.`,
      ),
    );
  if (alias !== '')
    out.push(
      warn(
        'alias-shows-token',
        'The entry that SPIRE makes holds the token itself, in its parent ID and its selector: until it is used, whoever may list entries of this server, or of this console, can read it there.',
      ),
    );
  if (twins > 0)
    out.push(
      warn(
        'alias-exists',
        `${count(twins, 'entry has', 'entries have')} the ID ${alias} already: the new agent joins those nodes.`,
        Severity.INFO,
      ),
    );
  if (powerful.length > 0)
    out.push(
      warn(
        'serves-admin',
        `The new agent will serve identities with power over the server: ${powerful.join(', ')}.`,
        Severity.DANGER,
      ),
    );
  return out;
}

async function* make(
  context: ActionContext,
  connection: SpireConnection,
  target: Target,
  { ttl, alias, caller }: { ttl: number; alias: string; caller: Caller },
): AsyncGenerator<ItemResult> {
  const name = `join token for ${target.trustDomain}`;
  let made: MadeToken;
  try {
    made = await connection.client.agents.createJoinToken(ttl, alias);
  } catch (error) {
    yield failed(name, error);
    return;
  }
  const noted = await note(context, target, made, alias, caller);
  if (alias !== '') await showAlias(context, connection, target, made.value, alias);
  yield {
    ...done(name),
    secret: made.value,
    reason: noted
      ? ''
      : 'It was made, but could not be written into the list of join tokens made here. Look at the disk of this gateway.',
  };
  await context.inventory.refreshAgents(target.connection);
}

/** Only what cannot be turned back into the token is kept. */
async function note(
  { inventory, now }: ActionContext,
  target: Target,
  { value, expiresAt }: MadeToken,
  alias: string,
  caller: Caller,
): Promise<boolean> {
  try {
    await inventory.store.joinTokenMade({
      fingerprint: createHash('sha256').update(value).digest('hex'),
      connection: target.connection,
      ending: value.slice(-4),
      createdAt: Math.floor(now().getTime() / 1000),
      expiresAt: Number(expiresAt),
      alias,
      session: caller.session,
    });
    return true;
  } catch {
    return false;
  }
}

/** The entry that came with it; the next reading finds it anyway. */
async function showAlias(
  context: ActionContext,
  connection: SpireConnection,
  { connection: name, trustDomain }: Target,
  token: string,
  alias: string,
): Promise<void> {
  try {
    const parent = `spiffe://${trustDomain}/spire/agent/join_token/${token}`;
    const entries = await connection.client.entriesLike(alias, parent);
    if (entries.length > 0) await context.inventory.put(name, entries);
  } catch {
    // The token is made: whatever happens to a copy must not keep it from whoever asked for it.
  }
}
