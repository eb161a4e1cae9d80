import { Severity } from '@muster/api';
import { sameKey } from '../authorities/join.ts';
import { short } from '../authorities/situation.ts';
import type { Verb } from '../authorities/steps.ts';
import { upstreamCommand } from '../upstream/spire/authority-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import {
  authorityGround,
  checkSame,
  connectionSchema,
  gateWarnings,
  oneCall,
  refuseClosed,
  resting,
} from './authority-plan.ts';
import { retireEffects } from './authority-retire.ts';
import { change, fieldChange } from './results.ts';

interface Input {
  connection: string;
  subjectKeyId: string;
}

const titles = { taint: 'Taint', revoke: 'Revoke' } as const;

/** The upstream authority that signed the old local one. No inverse, as for local ones. */
function retireUpstream(verb: Extract<Verb, 'taint' | 'revoke'>): Action<Input> {
  return {
    name: `authority.${verb}Upstream`,
    title: `${titles[verb]} the old upstream authority`,
    role: 'administrator',
    inverse: '',
    inputSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['connection', 'subjectKeyId'],
      properties: {
        connection: connectionSchema,
        subjectKeyId: {
          type: 'string',
          minLength: 2,
          maxLength: 256,
          pattern: '^([0-9A-Fa-f]{2})+$',
          description: 'Subject key identifier of the upstream certificate, hex.',
        },
      },
    },

    async plan({ connection: name, subjectKeyId }, context) {
      const ground = await authorityGround(context, name, 'x509', verb);
      const { connection, target, situation, step } = ground;
      const { active, old } = situation.slots;
      if ((active?.upstream ?? '') === '' && (old?.upstream ?? '') === '')
        throw badInput(
          'connection',
          `${target.connection} has no upstream authority: its local authorities sign themselves. Use authority.${verb}.`,
        );
      if (active && sameKey(active.upstream, subjectKeyId))
        throw badInput(
          'subjectKeyId',
          `${short(subjectKeyId)} signs the active local authority. Rotate the upstream authority and prepare and activate a local one of it first.`,
        );
      if (!step.upstream || !sameKey(step.id, subjectKeyId))
        throw badInput(
          'subjectKeyId',
          old?.upstream
            ? `it did not sign the old local authority; ${old.upstream} did.`
            : 'there is no old local authority that an upstream one signed.',
        );
      refuseClosed(target.connection, step);
      const tainted = situation.authorities.some((one) => one.tainted && sameKey(one.id, subjectKeyId));
      return {
        title: `${titles[verb]} the old upstream authority`,
        target,
        changes: [
          change(verb === 'taint' ? 'update' : 'delete', 'upstream authority', step.id, target.connection, [
            fieldChange(
              'Bundle',
              tainted ? 'trusted, tainted' : 'trusted',
              verb === 'taint' ? 'trusted, tainted' : '',
            ),
          ]),
        ],
        effects: retireEffects(situation, verb),
        warnings: [
          ...gateWarnings(step),
          warn(
            'upstream-shared',
            'Every local authority that it signed is hit, also those of other servers of the trust domain under the same upstream.',
            Severity.DANGER,
          ),
          warn('no-inverse', 'It cannot be undone.', verb === 'taint' ? Severity.INFO : Severity.DANGER),
        ],
        commands: [upstreamCommand(connection.config.address, verb, step.id)],
        destructive: true,
        before: resting(situation),
        check: () => checkSame(context, ground),
        apply: () =>
          oneCall(context, ground, `upstream authority ${short(step.id)}`, async () => {
            await connection.client.authorities[`${verb}Upstream`](step.id);
            return step.id;
          }),
        inverseInput: () => undefined,
      };
    },
  };
}

export const authorityTaintUpstream = retireUpstream('taint');
export const authorityRevokeUpstream = retireUpstream('revoke');
