import { describe, expect, it } from 'vitest';
import { BundleBook, jwtAuthorities, x509Authorities } from './bundles.ts';

const der = (fill: number): Uint8Array => Uint8Array.of(0x30, 2, fill, fill);
const joined = (...fills: number[]): Uint8Array => Uint8Array.from(fills.flatMap((fill) => [...der(fill)]));
const keys = (...ids: string[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ keys: ids.map((kid) => ({ kid })) }));

function book() {
  const said: string[] = [];
  const at = new Date('2026-01-01T00:00:00Z');
  return {
    said,
    book: new BundleBook(
      () => at,
      (kind, name, text) => said.push(`${kind} ${name}: ${text}`),
    ),
  };
}

describe('bundles of a Workload API', () => {
  it('are no change at first, then tell what was added and removed', () => {
    const { said, book: bundles } = book();
    bundles.receive('x509', x509Authorities({ 'spiffe://a.example': joined(1) }));
    bundles.receive('x509', x509Authorities({ 'spiffe://a.example': joined(1) }));
    expect(said).toEqual([]);
    bundles.receive('x509', x509Authorities({ 'spiffe://a.example': joined(1, 2) }));
    bundles.receive('x509', x509Authorities({ 'spiffe://a.example': joined(2, 3) }));
    expect(said).toEqual([
      'x509 a.example: X.509 authorities: 1 added; 2 now.',
      'x509 a.example: X.509 authorities: 1 added, 1 removed; 2 now.',
    ]);
    expect(bundles.rows).toMatchObject([{ trustDomain: 'a.example', x509: 2, jwt: undefined, changes: 2 }]);
  });

  it('tell of a federation that comes and goes', () => {
    const { said, book: bundles } = book();
    bundles.receive('jwt', jwtAuthorities({ 'spiffe://a.example': keys('1') }));
    bundles.receive('jwt', jwtAuthorities({ 'spiffe://a.example': keys('1'), 'spiffe://b.example': keys() }));
    bundles.receive('jwt', jwtAuthorities({ 'spiffe://a.example': keys('1') }));
    expect(said).toEqual([
      'jwt b.example: Its JWT authorities are given now: 0.',
      'jwt b.example: No JWT authorities of it are given any more: an entry no longer federates with it.',
    ]);
  });

  it.each(['', '{', 'null', '{"keys":7}', '{"keys":[null,7,{"kid":1}]}'])(
    'S-18: read %j without harm',
    (text) => {
      const bundles = jwtAuthorities({ 'spiffe://a.example': new TextEncoder().encode(text) });
      expect(bundles.get('a.example')?.size).toBeLessThan(2);
    },
  );

  it('S-25: take names that are members of every object for names', () => {
    const { book: bundles } = book();
    bundles.receive('x509', x509Authorities(Object.fromEntries([['spiffe://constructor', joined(1)]])));
    expect(bundles.rows.map(({ trustDomain }) => trustDomain)).toEqual(['constructor']);
    expect(Reflect.get({}, 'changes')).toBeUndefined();
  });
});
