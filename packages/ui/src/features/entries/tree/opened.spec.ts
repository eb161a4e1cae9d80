import { describe, expect, it } from 'vitest';
import { openedText, readOpened, rootsOf } from './opened.ts';
import { keyOf, type Opened } from './rows.ts';

const servers = [
  { name: 'harbor', trustDomain: 'harbor.example' },
  { name: 'lighthouse', trustDomain: 'lighthouse.example' },
];
const open = (...way: string[]): ReadonlyMap<string, Opened> => readOpened(way.join('**'), servers);

describe('what is open of the tree', () => {
  it('is left out of the address while it is what opens of itself', () => {
    expect(openedText(rootsOf(servers), servers)).toBeUndefined();
    expect(readOpened(undefined, servers)).toEqual(rootsOf(servers));
    const many = Array.from({ length: 9 }, (_, i) => ({ name: `s${i}`, trustDomain: `s${i}.test` }));
    expect(rootsOf(many).size).toBe(0);
  });

  it('says when nothing is', () => {
    expect(openedText(new Map(), servers)).toBe('-');
    expect(readOpened('-', servers).size).toBe(0);
  });

  it('comes back from the address as it was, ways and places', () => {
    const text = 'harbor*3:/shop/*0:/shop/web/**harbor*7:/billing/';
    const opened = open(text);
    expect([...opened.values()].map(({ index, node }) => [index, node])).toEqual([
      [0, ''],
      [3, '/shop/'],
      [0, '/shop/web/'],
      [7, '/billing/'],
    ]);
    expect(openedText(opened, servers)).toBe(text);
  });

  it('keeps names with the signs of its own', () => {
    const server = { name: 'a*b%2A', trustDomain: 'a.test' };
    const key = keyOf('', server.name);
    const node = '50%*off**/';
    const opened = new Map<string, Opened>([
      [key, { parent: '', index: 0, server: server.name, node: '' }],
      [keyOf(key, node), { parent: key, index: 4, server: server.name, node }],
    ]);
    expect(readOpened(openedText(opened, [server]), [server])).toEqual(opened);
  });

  it('of an address that somebody made up opens what is there, and no more than is bounded', () => {
    expect(open('nobody*1:/x/').size).toBe(0);
    expect(open('harbor*x:/a/*1:/b/').size).toBe(1);
    expect(open('harbor*99999999:/a/').size).toBe(1);
    expect(open('harbor*1:').size).toBe(1);
    expect(open('__proto__*1:/a/', 'constructor').size).toBe(0);
    expect(open(`harbor${'*1:/a/'.repeat(500)}`).size).toBeLessThanOrEqual(60);
  });

  it('that is too long for an address loses ways, and never a part of one', () => {
    const opened = open('harbor');
    const more = new Map(opened);
    for (let i = 0; i < 59; i++) {
      const node = `/${'long-name'.repeat(9)}-${i}/`;
      more.set(keyOf('harbor', node), { parent: 'harbor', index: i, server: 'harbor', node });
    }
    const text = openedText(more, servers) ?? '';
    expect(text.length).toBeLessThanOrEqual(1800);
    const back = readOpened(text, servers);
    expect(back.size).toBeGreaterThan(10);
    for (const [key, one] of back) expect(more.get(key)).toEqual(one);
  });
});
