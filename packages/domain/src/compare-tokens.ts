import { type ComparedField, differs, Fields, listed, type Meaning, span } from './compare-types.ts';
import type { DecodedJwt, DecodedMember } from './decoded.ts';

/** Two tokens member by member. Signatures are not among the fields: with one the token could be used (S-14). */
export function compareTokens(left: DecodedJwt, right: DecodedJwt): readonly ComparedField[] {
  const kind = new Fields('Token');
  kind.add('Kind', left.type, right.type, differs('bad', 'Another kind of SVID.'));
  addLifetime(kind, left, right);
  return [
    ...kind.list,
    ...members('Header', left.header, right.header, headerMeanings(left, right)),
    ...members('Claims', left.claims, right.claims, claimMeanings(left, right)),
  ];
}

type Meanings = ReadonlyMap<string, Meaning | undefined>;

function members(
  group: string,
  left: readonly DecodedMember[],
  right: readonly DecodedMember[],
  meanings: Meanings,
): readonly ComparedField[] {
  const fields = new Fields(group);
  // Maps: `constructor` and `__proto__` are names like any other (S-25).
  const [one, two] = [byName(left), byName(right)];
  for (const name of new Set([...one.keys(), ...two.keys()]))
    fields.add(name, one.get(name), two.get(name), (state) =>
      state === 'equal' ? undefined : meanings.get(name),
    );
  return fields.list;
}

function byName(list: readonly DecodedMember[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of list) found.set(name, readTime(name, value));
  return found;
}

/** NumericDate (RFC 7519 2) beside its number. */
function readTime(name: string, value: string): string {
  if (!['exp', 'iat', 'nbf'].includes(name) || !/^\d{1,11}$/u.test(value)) return value;
  return `${value} (${new Date(Number(value) * 1000).toISOString().slice(0, 19)}Z)`;
}

function headerMeanings(left: DecodedJwt, right: DecodedJwt): Meanings {
  return new Map([
    [
      'kid',
      [
        'look',
        left.trustDomain === right.trustDomain
          ? 'Another key signed it: the JWT authority was rotated in between.'
          : 'Another key signed it.',
      ],
    ],
    ['alg', ['look', 'Another algorithm, so another kind of key.']],
    ['typ', ['plain', 'Another type in the header.']],
  ]);
}

function claimMeanings(left: DecodedJwt, right: DecodedJwt): Meanings {
  return new Map<string, Meaning | undefined>([
    ['sub', ['bad', 'Another identity: the two are not tokens of one workload.']],
    ['aud', audienceMeaning(left.audience, right.audience)],
    ['iss', ['look', 'Another issuer.']],
    ['jti', ['good', 'Each token has an id of its own.']],
    ['cnf', ['good', 'Bound to another key of its holder, as after a rotation.']],
    ['exp', ['plain', 'It ends at another time.']],
  ]);
}

function audienceMeaning(left: readonly string[], right: readonly string[]): Meaning | undefined {
  const added = right.filter((name) => !left.includes(name));
  const gone = left.filter((name) => !right.includes(name));
  if (added.length === 0 && gone.length === 0)
    return ['plain', 'The same audiences, written in another way.'];
  const parts = [
    ...(added.length > 0 ? [`now accepted by ${listed(added)}`] : []),
    ...(gone.length > 0 ? [`no longer by ${listed(gone)}`] : []),
  ];
  const words = parts.join(', ');
  return [
    right.length > left.length ? 'look' : 'plain',
    `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
  ];
}

function addLifetime(fields: Fields, left: DecodedJwt, right: DecodedJwt): void {
  const life = ({ issuedAt, notBefore, expiresAt }: DecodedJwt) => {
    const from = issuedAt ?? notBefore;
    if (from === undefined || expiresAt === undefined) return undefined;
    const ms = new Date(expiresAt).getTime() - new Date(from).getTime();
    return Number.isNaN(ms) ? undefined : ms;
  };
  const [one, two] = [life(left), life(right)];
  const text = (ms: number | undefined) => (ms === undefined ? undefined : span(ms));
  fields.add('Good for', text(one), text(two), (state) =>
    state !== 'changed' || one === undefined || two === undefined
      ? undefined
      : [
          two > one ? 'look' : 'plain',
          `${two > one ? 'Longer' : 'Shorter'} by ${span(Math.abs(two - one))}.`,
        ],
  );
}
