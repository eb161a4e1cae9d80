import { utf8Encode } from '../../bytes.ts';
import type { JudgeInput } from '../../judge-types.ts';
import { bundleOf, jwkOf, NOW, type TestKey } from '../certificates.ts';
import type { Random } from '../fuzz-random.ts';
import { keyNamed, signToken, TOKEN_ALGORITHMS } from './keys.ts';
import { chance, type CheckProperty, pick } from './property.ts';

export const SECONDS = NOW.getTime() / 1000;

type Members = Readonly<Record<string, unknown>>;

/** A token and the bundle that is to verify it, still to be made. */
export interface TokenPlan {
  readonly kind: 'jwt-svid' | 'wit-svid';
  readonly trustDomain: string;
  /** How the signature is really made; the header may say otherwise. */
  readonly alg: string;
  readonly key: TestKey;
  readonly header: Members;
  readonly claims: Members;
  /** Instead of `header` and `claims`: JSON text as it is. */
  readonly headerText?: string;
  readonly claimsText?: string;
  /** Entries of the bundle of the trust domain. */
  readonly entries: readonly Members[];
  readonly audience: string | undefined;
}

export async function planToken(random: Random, kind: TokenPlan['kind'] = 'jwt-svid'): Promise<TokenPlan> {
  const [alg, algorithm] = pick(random, TOKEN_ALGORITHMS);
  const key = await keyNamed(algorithm, 'token');
  const trustDomain = pick(random, ['example.org', 'a', '1.2.3.4', 'b-c.d_e']);
  const kid = pick(random, ['k1', '', 'K'.repeat(300), 'ключ', '__proto__']);
  const entry = await jwkOf(key, { use: kind, kid });
  const other = await jwkOf(await keyNamed('P-256', 'other token'), { use: kind, kid: 'other' });
  const ca = await jwkOf(await keyNamed('P-256', 'elsewhere'), {
    use: pick(random, ['x509-svid', 'later-svid']),
  });
  const shared = {
    kind,
    trustDomain,
    alg,
    key,
    entries: pick(random, [[entry], [other, entry], [entry, other, ca]]),
  };
  const sub = `spiffe://${trustDomain}${pick(random, ['/web', '/a/b.c/D_e-f', ''])}`;
  const exp = SECONDS + pick(random, [1, 0.5, 300, 3600]);
  const common = {
    sub,
    exp,
    ...(chance(random, 2) ? { iat: SECONDS - 5 } : {}),
    ...(chance(random, 2) ? { nbf: SECONDS } : {}),
    ...(chance(random, 2) ? { jti: 'x', groups: ['a', { b: null }] } : {}),
  };
  if (kind === 'wit-svid') {
    const [cnfAlg, cnfAlgorithm] = pick(random, TOKEN_ALGORITHMS);
    const jwk = await jwkOf(await keyNamed(cnfAlgorithm, 'holder'), { alg: cnfAlg });
    return {
      ...shared,
      header: { alg, kid, typ: 'wit+jwt' },
      claims: { ...common, cnf: { jwk }, ...(chance(random, 2) ? { iss: `spiffe://${trustDomain}` } : {}) },
      audience: undefined,
    };
  }
  return {
    ...shared,
    header: {
      alg,
      ...(chance(random, 2) ? { kid } : {}),
      ...pick<Members>(random, [{}, { typ: 'JWT' }, { typ: 'JOSE' }]),
    },
    claims: { ...common, aud: pick<unknown>(random, ['reports', ['reports']]) },
    audience: 'reports',
  };
}

export async function tokenInput(plan: TokenPlan): Promise<JudgeInput> {
  const header = plan.headerText ?? JSON.stringify(plan.header);
  const claims = plan.claimsText ?? JSON.stringify(plan.claims);
  const token = await signToken(plan.key, plan.alg, header, claims);
  return {
    kind: plan.kind,
    input: utf8Encode(token),
    bundles: new Map([[plan.trustDomain, bundleOf(plan.entries)]]),
    at: NOW,
    ...(plan.audience === undefined ? {} : { audience: plan.audience }),
  };
}

interface More {
  readonly also?: readonly string[];
  readonly row?: CheckProperty['row'];
  readonly kind?: TokenPlan['kind'];
}

type Edit = (plan: TokenPlan, random: Random) => TokenPlan | Promise<TokenPlan>;

/** A property of tokens: the plan is changed before the token is signed. */
export function tokenProperty(id: string, change: string, edit: Edit, more: More = {}): CheckProperty {
  return {
    id,
    change,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const plan = await planToken(random, more.kind);
      return { good: await tokenInput(plan), bad: await tokenInput(await edit(plan, random)) };
    },
  };
}

/** A property of the text: it is changed after it was signed. */
export function textProperty(
  id: string,
  change: string,
  edit: (token: string, random: Random) => string,
  more: More = {},
): CheckProperty {
  return {
    id,
    change,
    row: 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const good = await tokenInput(await planToken(random, more.kind));
      const token = new TextDecoder().decode(good.input);
      return { good, bad: { ...good, input: utf8Encode(edit(token, random)) } };
    },
  };
}

export function withHeader(plan: TokenPlan, members: Members): TokenPlan {
  return { ...plan, header: { ...plan.header, ...members } };
}

export function withClaims(plan: TokenPlan, members: Members): TokenPlan {
  return { ...plan, claims: { ...plan.claims, ...members } };
}

/** A member written first, whatever comes later: JSON.stringify would never say it twice. */
export function prefixed(members: Members, text: string): string {
  return JSON.stringify(members).replace('{', `{${text},`);
}
