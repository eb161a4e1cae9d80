import { Severity } from '@muster/api';
import { kindNames, sameKey, svidNames } from '../authorities/join.ts';
import { short } from '../authorities/situation.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { authorityCommand } from '../upstream/spire/authority-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import {
  authorityGround,
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

/** No inverse: the old authority cannot become active again; rotating once more makes a third one. */
export const authorityActivate: Action<Input> = {
  name: 'authority.activate',
  title: 'Activate the prepared authority',
  role: 'administrator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['connection', 'kind', 'id'],
    properties: { connection: connectionSchema, kind: kindSchema, id: idSchema },
  },

  async plan({ connection: name, kind, id }, context) {
    const ground = await authorityGround(context, name, kind, 'activate');
    const { connection, target, situation, step } = ground;
    const { active, prepared, old } = situation.slots;
    const kindName = kindNames[kind];
    if (active && sameKey(active.id, id))
      throw badInput('id', `${short(id)} is the active ${kindName} authority already.`);
    if (old && sameKey(old.id, id))
      throw badInput(
        'id',
        `${short(id)} is the old ${kindName} authority; SPIRE activates a prepared one only.`,
      );
    refuseClosed(target.connection, step);
    if (!prepared || !sameKey(prepared.id, id))
      throw badInput(
        'id',
        `the prepared ${kindName} authority is ${prepared?.id ?? 'none'}; another cannot be activated.`,
      );
    return {
      title: `Activate the prepared ${kindName} authority`,
      target,
      changes: [
        change('update', `${kindName} authority`, prepared.id, target.connection, [
          fieldChange('Active', active?.id ?? '', prepared.id),
          fieldChange('Old', old?.id ?? '', active?.id ?? ''),
          fieldChange('Prepared', prepared.id, ''),
        ]),
      ],
      effects: [
        kind === 'x509'
          ? 'From the next one on, X.509-SVIDs are signed by it. Those there are stay valid and are not renewed before their time, at about half of their life.'
          : 'From the next one on, JWT-SVIDs are signed by it. Agents go on handing out a token they keep for an audience, at most until half of its life.',
        peopleEffect(situation),
        reachedOnly,
      ],
      warnings: [
        ...gateWarnings(step),
        warn(
          'no-inverse',
          'It cannot be undone: an old authority cannot be activated again. Its SVIDs stay trusted until it is tainted and revoked, or expires.',
          Severity.INFO,
        ),
      ],
      commands: [authorityCommand(connection.config.address, kind, 'activate', prepared.id)],
      destructive: false,
      before: resting(situation),
      check: () => checkSame(context, ground),
      apply: () =>
        oneCall(
          context,
          ground,
          `${kindName} authority ${short(prepared.id)}, which signs ${svidNames[kind]}s now`,
          async () => {
            await connection.client.authorities.activate(kind, prepared.id);
            return prepared.id;
          },
        ),
      inverseInput: () => undefined,
    };
  },
};
