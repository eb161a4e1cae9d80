import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import { controllerCommand } from '../upstream/control-plane/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { connectionName, networkTarget, readPlane, topologyName } from './network-target.ts';
import { applyThenLook } from './plane-change.ts';
import { change, count, fieldChange } from './results.ts';

interface Input {
  connection?: string;
  name: string;
  secret: string;
  replace?: boolean;
}

/** Under a signature of HMAC-SHA256 a shorter one is refused by the server. */
const leastBytes = 32;

/**
 * ControlPlaneService.AddDomain, 2.0–3.4, where domains are admitted by secrets. Adding one that is there goes well and
 * replaces its secret, so that is done only when it is asked for. The secret is in no text of ours (S-13).
 */
export const domainAdd: Action<Input> = {
  name: 'domain.add',
  title: 'Admit a domain',
  role: 'administrator',
  inverse: 'domain.remove',
  secrets: ['secret'],
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'secret'],
    properties: {
      connection: connectionName,
      name: topologyName,
      secret: {
        type: 'string',
        maxLength: 4096,
        description:
          'What nodes of the domain show when they register; at least 32 bytes. It is not kept here.',
      },
      replace: { type: 'boolean', description: 'It is a new secret of a domain that is there.' },
    },
  },
  async plan({ connection, name, secret, replace = false }, context) {
    const target = networkTarget(context, connection, 'domains.write');
    if (Buffer.byteLength(secret) < leastBytes)
      throw badInput('secret', `at least ${leastBytes} bytes are needed.`);
    if (/[\u0000-\u001F\u007F]/u.test(secret))
      throw badInput('secret', 'it has a line break or another control character in it.');
    const read = async () =>
      (await readPlane(target, (plane) => plane.domains())).find((one) => one.name === name);
    const domain = await read();
    if (domain && !replace)
      throw new ConnectError(
        `name: ${target.name} has a domain ${name} already. Give it a new secret by “replace”.`,
        Code.AlreadyExists,
      );
    if (!domain && replace)
      throw new ConnectError(`name: ${target.name} has no domain ${name}.`, Code.NotFound);
    const nodes = domain?.nodes.length ?? 0;
    return {
      title: replace ? `Replace the secret of domain ${name}` : `Admit domain ${name}`,
      target: target.target,
      changes: [
        change(replace ? 'update' : 'create', 'domain', name, target.name, [
          fieldChange(
            'Secret',
            replace ? 'the present one' : '',
            replace ? 'the new one' : 'as given, not shown',
          ),
        ]),
      ],
      effects: replace
        ? [
            `${nodes === 0 ? 'No node of it is connected now.' : `${count(nodes, 'node stays connected', 'nodes stay connected')}.`} With the present secret no node can register any more: give the new one to each before it restarts.`,
          ]
        : [
            `Nodes that say they are of ${name} and show this secret may register. Nothing is linked yet.`,
            'A node of 3.4 that was refused before does not try again: it has to be restarted.',
          ],
      warnings: [
        warn(
          'needs-secrets',
          'It works where the control plane admits domains by secrets (registration_auth: shared_secret). One that does not refuses it, and nothing changes.',
          Severity.INFO,
        ),
      ],
      commands: [
        controllerCommand(
          target.config,
          ['domain', 'add', name, 'SECRET'],
          'Put the secret in the place of SECRET.',
        ),
      ],
      destructive: replace,
      inverse: replace ? '' : 'domain.remove',
      before: domain ?? null,
      check: async () => {
        const now = await read();
        if (!domain) return now ? `a domain ${name} was added` : '';
        return now ? '' : `domain ${name} was removed`;
      },
      apply: () =>
        applyThenLook(target, {
          item: name,
          run: (plane) => plane.addDomain(name, secret),
          look: async (plane) => ((await plane.domains()).some((one) => one.name === name) ? '' : undefined),
          unseen: 'It was taken, and the control plane does not list the domain.',
          secrets: [secret],
        }),
      inverseInput: ([result]) =>
        result?.outcome === ItemOutcome.DONE && !replace ? { connection: target.name, name } : undefined,
    };
  },
};
