import { parseSpiffeId } from '@muster/domain';
import type { ModeratorConfig } from './types.ts';
import type { Finding } from './validate.ts';

type Key = keyof ModeratorConfig;

/** What a moderator proves itself by; one of them. */
const proofs = ['sharedSecretFile', 'workloadApi', 'jwtKeyFile'] as const satisfies Key[];
/** They are read again when they are renewed, which a variable cannot be. */
const files = ['jwtKeyFile', 'keysFile'] as const satisfies Key[];

/** The first mistake in the identity of a moderator; undefined when there is none. */
export function checkModerator(config: ModeratorConfig): Finding | undefined {
  const has = (key: Key): boolean => config[key] !== undefined;
  const wrong = (key: Key, expected: string): Finding => ({ path: ['moderator', key], expected });
  if (has('tokenFile'))
    return wrong(
      'tokenFile',
      '`workloadApi` (SPIRE), or `jwtKeyFile`, in its place: since 2.0 SLIM takes only tokens that name the key of the app that shows them, which a token issued beforehand does not',
    );
  const proved = proofs.filter(has);
  if (proved.length !== 1)
    return {
      path: ['moderator'],
      expected: `one of \`${proofs.join('`, `')}\`, not ${proved.length === 0 ? 'none' : `both \`${proved[0]}\` and \`${proved[1]}\``}`,
    };
  if (has('jwtKeyFile') && !has('keysFile'))
    return wrong('jwtKeyFile', '`keysFile` beside it: the public keys that members’ tokens are verified by');
  if (has('keysFile') && !has('jwtKeyFile'))
    return wrong('keysFile', '`jwtKeyFile` beside it: SPIRE gives the keys itself, a secret has none');
  if (has('spiffeId') && !has('workloadApi'))
    return wrong('spiffeId', '`workloadApi` beside it: it chooses among the SVIDs given there');
  if (config.spiffeId !== undefined && !parseSpiffeId(config.spiffeId).ok)
    return wrong('spiffeId', 'a SPIFFE ID such as spiffe://example.org/muster/moderator');
  if (has('audiences') && has('sharedSecretFile'))
    return wrong('audiences', 'an identity with tokens: a shared secret has no audience');
  const own = (['jwtAlgorithm', 'jwtIssuer', 'jwtSubject'] as const).find(has);
  if (own && !has('jwtKeyFile'))
    return wrong(own, '`jwtKeyFile` beside it: it is said of tokens of our own making');
  const variable = files.find((key) => config[key]?.startsWith('env:'));
  if (variable) return wrong(variable, 'a file: it is read again when it is renewed');
  return undefined;
}
