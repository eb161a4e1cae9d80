import { Severity } from '@muster/api';
import { inSlot, number, short } from '../authorities/situation.ts';
import type { Situation } from '../authorities/situation.ts';
import { kindNames, sameKey } from '../authorities/join.ts';
import type { Step, Verb } from '../authorities/steps.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { authorityCommand } from '../upstream/spire/authority-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import {
  authorityGround,
  bundleEffect,
  checkSame,
  connectionSchema,
  gateWarnings,
  idSchema,
  kindSchema,
  oneCall,
  peopleEffect,
  reachedOnly,
  refuseClosed,
  resting,
} from './authority-plan.ts';
import { change, fieldChange } from './results.ts';

interface Input {
  connection: string;
  kind: LocalKind;
  id: string;
}

type Retiring = Extract<Verb, 'taint' | 'revoke'>;

const titles: Record<Retiring, string> = { taint: 'Taint', revoke: 'Revoke' };

/** Taint and revoke differ in their words only. No inverse: SPIRE never takes a key back that was given up. */
function retire(verb: Retiring): Action<Input> {
  return {
    name: `authority.${verb}`,
    title: `${titles[verb]} the old authority`,
    role: 'administrator',
    inverse: '',
    inputSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['connection', 'kind', 'id'],
      properties: { connection: connectionSchema, kind: kindSchema, id: idSchema },
    },

    async plan({ connection: name, kind, id }, context) {
      const ground = await authorityGround(context, name, kind, verb);
      const { connection, target, situation, step } = ground;
      const old = checkId(situation, step, id, target.connection, verb);
      const kindName = kindNames[kind];
      return {
        title: `${titles[verb]} the old ${kindName} authority`,
        target,
        changes: [
          change(verb === 'taint' ? 'update' : 'delete', `${kindName} authority`, old.id, target.connection, [
            fieldChange(
              'Bundle',
              old.tainted ? 'trusted, tainted' : 'trusted',
              verb === 'taint' ? 'trusted, tainted' : '',
            ),
          ]),
        ],
        effects: retireEffects(situation, verb),
        warnings: [
          ...gateWarnings(step),
          warn(
            'no-inverse',
            verb === 'taint'
              ? 'It cannot be undone: SPIRE has no call that takes a taint back.'
              : 'It cannot be undone: what it signed is refused everywhere, and the key cannot come back.',
            verb === 'taint' ? Severity.INFO : Severity.DANGER,
          ),
        ],
        commands: [authorityCommand(connection.config.address, kind, verb, old.id)],
        destructive: true,
        before: resting(situation),
        check: () => checkSame(context, ground),
        apply: () =>
          oneCall(context, ground, `${kindName} authority ${short(old.id)}`, async () => {
            await connection.client.authorities[verb](kind, old.id);
            return old.id;
          }),
        inverseInput: () => undefined,
      };
    },
  };
}

export const authorityTaint = retire('taint');
export const authorityRevoke = retire('revoke');

function checkId(situation: Situation, step: Step, id: string, connection: string, verb: Retiring) {
  const { active, prepared } = situation.slots;
  const kindName = kindNames[situation.kind];
  if (active && sameKey(active.id, id))
    throw badInput(
      'id',
      `${short(id)} is the active ${kindName} authority. Prepare and activate another first; SPIRE refuses to ${verb} the one that signs.`,
    );
  if (prepared && sameKey(prepared.id, id))
    throw badInput('id', `${short(id)} is prepared only; SPIRE can ${verb} the old ${kindName} authority.`);
  if (step.upstream)
    throw badInput(
      'kind',
      `this server has an upstream authority: SPIRE refuses to ${verb} local ones. Use authority.${verb}Upstream with ${step.id}.`,
    );
  const old = inSlot(situation, 'old');
  if (old && !sameKey(old.id, id))
    throw badInput('id', `the old ${kindName} authority is ${old.id}; SPIRE can ${verb} that one only.`);
  refuseClosed(connection, step);
  if (!old) throw badInput('id', `there is no old ${kindName} authority.`);
  return old;
}

export function retireEffects(situation: Situation, verb: Retiring): string[] {
  const { kind, oldUse } = situation;
  const who = peopleEffect(situation);
  if (verb === 'taint')
    return [
      kind === 'x509'
        ? 'Agents have every X.509-SVID that it signed issued anew, their own too, within about 5 seconds. Workloads that follow the Workload API get a short list for some tenths of a second, then the whole.'
        : 'Agents drop the JWT-SVIDs of it that they keep. Tokens handed out before stay accepted until it is revoked or they expire.',
      who,
      bundleEffect(situation),
      reachedOnly,
    ];
  return [
    kind === 'x509'
      ? `Whoever verifies by the new bundle refuses every X.509-SVID that it signed${oldUse ? `: ${number(oldUse.svidsOnOld, 'one', 'ones')} of ${oldUse.svids} seen live here` : ''}.`
      : 'Whoever verifies by the new bundle refuses every JWT-SVID that it signed.',
    'Workloads get the new bundle at their agent’s next sync, within some seconds.',
    who,
    bundleEffect(situation),
    reachedOnly,
  ];
}
