import { Severity } from '@muster/api';
import { kindNames, svidNames } from '../authorities/join.ts';
import { inSlot, iso, short } from '../authorities/situation.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { authorityCommand } from '../upstream/spire/authority-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import {
  authorityGround,
  bundleEffect,
  checkSame,
  connectionSchema,
  gateWarnings,
  kindSchema,
  oneCall,
  reachedOnly,
  refuseClosed,
  resting,
} from './authority-plan.ts';
import { change, fieldChange } from './results.ts';

interface Input {
  connection: string;
  kind: LocalKind;
  abandon?: boolean;
}

/** No inverse: a prepared authority cannot be taken back, it is activated or it expires. */
export const authorityPrepare: Action<Input> = {
  name: 'authority.prepare',
  title: 'Prepare the next authority',
  role: 'administrator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['connection', 'kind'],
    properties: {
      connection: connectionSchema,
      kind: kindSchema,
      abandon: {
        type: 'boolean',
        description:
          'Also when that leaves a prepared, or a tainted old, authority in the bundle where no call reaches it.',
      },
    },
  },

  async plan({ connection: name, kind, abandon = false }, context) {
    const ground = await authorityGround(context, name, kind, 'prepare');
    const { connection, target, situation, step } = ground;
    const insisted = step.insist && abandon && situation.lacks === '';
    if (!insisted) refuseClosed(target.connection, step);
    const { prepared } = situation.slots;
    const old = inSlot(situation, 'old');
    const lost = prepared ?? (old?.inBundle === true ? old : undefined);
    const kindName = kindNames[kind];
    return {
      title: `Prepare ${kind === 'x509' ? 'an' : 'a'} ${kindName} authority${insisted ? ' all the same' : ''}`,
      target,
      changes: [
        change('create', `${kindName} authority`, 'a new key', target.connection, [
          fieldChange('Prepared', prepared?.id ?? '', 'the new key'),
          ...(lost ? [fieldChange('In the bundle, reached by no call', '', lost.id)] : []),
        ]),
      ],
      effects: [
        `The server makes a new key and publishes it. It signs nothing until it is activated: by authority.activate, or by the server itself before the active one expires.`,
        bundleEffect(situation),
        reachedOnly,
      ],
      warnings: [
        ...(insisted && lost
          ? [
              warn(
                'orphan',
                `${short(lost.id)} loses its slot and stays in the bundle, where no call can activate, taint or revoke it: it is trusted until ${iso(lost.expiresAt)}.`,
                Severity.DANGER,
              ),
            ]
          : []),
        ...gateWarnings(step),
        warn(
          'no-inverse',
          `It cannot be undone: SPIRE takes a prepared authority out of the bundle only once it was active, tainted and revoked, or has expired. New ${svidNames[kind]}s are not touched.`,
          Severity.INFO,
        ),
      ],
      commands: [authorityCommand(connection.config.address, kind, 'prepare', '')],
      destructive: insisted,
      before: resting(situation),
      check: () => checkSame(context, ground),
      apply: () =>
        oneCall(
          context,
          ground,
          `${kindName} authority`,
          async () => (await connection.client.authorities.prepare(kind))?.id ?? '',
        ),
      inverseInput: () => undefined,
    };
  },
};
