import { describe, expect, it } from 'vitest';
import { IdentityRules, ruleMistake } from './rules.ts';

const rule = (name: string, spiffeId: string) => ({ name, spiffeId });

describe('rules between SLIM names and SPIFFE IDs', () => {
  it('fill the parts of a name into the SPIFFE ID', () => {
    const rules = new IdentityRules([rule('{org}/{ns}/{app}', 'spiffe://{org}/ns/{ns}/sa/{app}')]);
    expect(rules.of('acme.example/ops/pager-bot')).toEqual({
      spiffeId: 'spiffe://acme.example/ns/ops/sa/pager-bot',
      rule: '{org}/{ns}/{app} <-> spiffe://{org}/ns/{ns}/sa/{app}',
    });
  });

  it('are tried in their order, the first that fits wins', () => {
    const rules = new IdentityRules([
      rule('acme/ops/alice', 'spiffe://people.example/alice'),
      rule('acme/{ns}/agent-{app}', 'spiffe://acme.example/agents/{ns}/{app}'),
      rule('acme/{ns}/{app}', 'spiffe://acme.example/{ns}/{app}'),
    ]);
    expect(rules.of('acme/ops/alice')?.spiffeId).toBe('spiffe://people.example/alice');
    expect(rules.of('acme/pay/agent-ledger')?.spiffeId).toBe('spiffe://acme.example/agents/pay/ledger');
    // A part is never empty.
    expect(rules.of('acme/pay/agent-')?.spiffeId).toBe('spiffe://acme.example/pay/agent-');
    expect(rules.of('other/pay/x')).toBeUndefined();
  });

  it('hold a part that is named twice to one value', () => {
    const rules = new IdentityRules([rule('{org}/{org}/{app}', 'spiffe://{org}/{app}')]);
    expect(rules.of('a/a/x')?.spiffeId).toBe('spiffe://a/x');
    expect(rules.of('a/b/x')).toBeUndefined();
  });

  it.each(['Acme/ops/x', 'acme/o ps/x', 'acme/ops/ünder', 'acme/../x', 'acme/ops', 'acme/ops/x/instance'])(
    '%s, of which no SPIFFE ID can be made, fits none',
    (name) => {
      const rules = new IdentityRules([rule('{org}/{ns}/{app}', 'spiffe://{org}/{ns}/{app}')]);
      expect(rules.of(name)).toBeUndefined();
    },
  );

  it('none is not the same as none that fits', () => {
    expect(new IdentityRules([]).any).toBe(false);
  });

  it.each([
    ['{org}/{ns}/{app}', 'https://{org}/{ns}/{app}', 'spiffeId', /SPIFFE ID such as/u],
    ['{org}/{ns}/{app}', 'spiffe://{org}/{ns}/{app}/', 'spiffeId', /once its parts are filled in/u],
    ['{org}/{ns}/{app}', 'spiffe://{org}/{ns}/{app}/{pod}', 'spiffeId', /has no \{pod\}/u],
    ['{org}/{ns}/{app}', 'spiffe://{org}/{app}', 'name', /without \{ns\} there/u],
    ['{org}/{ns}', 'spiffe://{org}/{ns}', 'name', /three parts/u],
    ['{org}/{ns}/{app}/{id}', 'spiffe://{org}/{ns}/{app}/{id}', 'name', /three parts/u],
    ['{org}/{ns}/{a}-{b}', 'spiffe://{org}/{ns}/{a}/{b}', 'name', /several ways/u],
    ['{org}/{ns}/{app', 'spiffe://{org}/{ns}/{app}', 'name', /not closed/u],
    ['{org}/{ns}/app}', 'spiffe://{org}/{ns}/x', 'name', /a \{ before each \}/u],
    ['{org}/{ns}/{}', 'spiffe://{org}/{ns}/{}', 'name', /\{\} is not/u],
    ['{org}/{ns}/{my app}', 'spiffe://{org}/{ns}/{my app}', 'name', /\{my app\} is not/u],
  ] as const)('%s with %s is refused, naming the key', (name, spiffeId, key, text) => {
    const mistake = ruleMistake({ name, spiffeId });
    expect(mistake?.key).toBe(key);
    expect(mistake?.expected).toMatch(text);
  });

  it.each([
    ['{org}/{ns}/{app}', 'spiffe://{org}.example/ns/{ns}/sa/{app}'],
    ['acme/ops/alice', 'spiffe://acme.example/alice'],
  ])('%s with %s is taken', (name, spiffeId) => {
    expect(ruleMistake({ name, spiffeId })).toBeUndefined();
  });
});
