import type { ItemResult } from '@muster/api';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { mintJwtCommand } from '../upstream/spire/mint-commands.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { change, done, failed, fieldChange } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';
import { mintEffects, mintWarnings, mostTtl, validity, workloadId } from './svid-mint-plan.ts';

interface Input {
  connection?: string;
  spiffeId: string;
  audience: string[];
  /** Seconds; 0 or nothing: the server's default. */
  ttl?: number;
}

/** SVID.MintJWTSVID. The token is told once to whoever applies, and written down nowhere (S-14). */
export const svidMintJwt: Action<Input> = {
  name: 'svid.mintJwt',
  title: 'Mint a JWT-SVID',
  role: 'administrator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['spiffeId', 'audience'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      spiffeId: { type: 'string', minLength: 1, maxLength: 2048 },
      audience: {
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: { type: 'string', minLength: 1, maxLength: 1024 },
      },
      ttl: { type: 'integer', minimum: 0, maximum: mostTtl },
    },
  },

  async plan({ connection: name, spiffeId: asked, audience, ttl = 0 }, context) {
    const claimed = workloadId('spiffeId', asked);
    audience.forEach((one, index) => {
      if (one.trim() === '') throw badInput(`audience[${index}]`, 'name the service the token is for.');
      if (audience.indexOf(one) !== index) throw badInput(`audience[${index}]`, `“${one}” is there twice.`);
    });
    const connection = spireConnection(context, name, claimed.split('/')[2]);
    const target = await bindTarget(connection, 'svids.mint');
    const spiffeId = workloadId('spiffeId', asked, target.trustDomain);
    return {
      title: 'Mint 1 JWT-SVID',
      target,
      changes: [
        change('mint', 'JWT-SVID', spiffeId, target.connection, [
          fieldChange('Audience', '', audience.join(', ')),
          fieldChange('Valid for', '', ttl === 0 ? 'default of the server (5 minutes)' : `${ttl} s`),
        ]),
      ],
      effects: mintEffects('JWT-SVID'),
      warnings: await mintWarnings(connection, target, { spiffeId, ttl, now: context.now() }),
      commands: [mintJwtCommand(connection.config.address, spiffeId, audience, ttl)],
      destructive: false,
      before: null,
      check: () => checkTarget(connection, target),
      apply: () => mint(context, connection, { spiffeId, audience, ttl }),
      inverseInput: () => undefined,
    };
  },
};

async function* mint(
  context: ActionContext,
  connection: SpireConnection,
  { spiffeId, audience, ttl }: { spiffeId: string; audience: string[]; ttl: number },
): AsyncGenerator<ItemResult> {
  try {
    const { token, expiresAt } = await connection.client.svids.mintJwt(spiffeId, audience, ttl);
    yield { ...done(spiffeId), secret: token, reason: validity(ttl, expiresAt, context.now()) };
  } catch (error) {
    yield failed(spiffeId, error);
  }
}
