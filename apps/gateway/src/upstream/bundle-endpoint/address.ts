import { BlockList, isIP, isIPv4 } from 'node:net';

/** Ranges that no bundle endpoint of another organisation has; refused unless the configuration allows them (S-15). */
const refused: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', 'an unspecified address'],
  ['10.0.0.0/8', 'a private address (RFC 1918)'],
  ['100.64.0.0/10', 'a shared address (RFC 6598)'],
  ['127.0.0.0/8', 'a loopback address'],
  ['169.254.0.0/16', 'a link-local address, where cloud metadata is served'],
  ['172.16.0.0/12', 'a private address (RFC 1918)'],
  ['192.0.0.0/24', 'a protocol assignment'],
  ['192.0.2.0/24', 'a documentation address'],
  ['192.88.99.0/24', 'a 6to4 relay'],
  ['192.168.0.0/16', 'a private address (RFC 1918)'],
  ['198.18.0.0/15', 'a benchmarking address'],
  ['198.51.100.0/24', 'a documentation address'],
  ['203.0.113.0/24', 'a documentation address'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved address'],
  ['::/128', 'an unspecified address'],
  ['::1/128', 'a loopback address'],
  ['100::/64', 'a discard address'],
  ['2001::/32', 'a Teredo tunnel'],
  ['2001::/23', 'a protocol assignment'],
  ['3fff::/20', 'a documentation address'],
  ['2001:db8::/32', 'a documentation address'],
  ['64:ff9b:1::/48', 'a local translation prefix'],
  ['fc00::/7', 'a unique local address'],
  ['fe80::/10', 'a link-local address'],
  ['fec0::/10', 'a site-local address'],
  ['ff00::/8', 'a multicast address'],
];

/** Prefixes of IPv6 addresses that carry an IPv4 address, and the group it starts at. */
const carriers: readonly (readonly [cidr: string, group: number])[] = [
  ['::ffff:0:0/96', 6],
  ['::/96', 6],
  ['::ffff:0:0:0/96', 6],
  ['64:ff9b::/96', 6],
  ['2002::/16', 1],
];

export function parseCidr(text: string): { address: string; bits: number; family: 4 | 6 } | undefined {
  const parts = /^([0-9a-f:.]+)\/([0-9]{1,3})$/iu.exec(text);
  const family = isIP(parts?.[1] ?? '');
  const bits = Number(parts?.[2]);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return undefined;
  return { address: parts?.[1] ?? '', bits, family: family === 4 ? 4 : 6 };
}

function inside(address: string, cidr: string): boolean {
  const range = parseCidr(cidr);
  const family = isIPv4(address) ? 4 : 6;
  if (!range || range.family !== family) return false;
  const list = new BlockList();
  list.addSubnet(range.address, range.bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The eight groups of an IPv6 address. */
function groups(address: string): number[] {
  const canonical = new URL(`https://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const read = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const left = read(head);
  if (tail === undefined) return left;
  const right = read(tail);
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

/** An IPv4 address hidden in an IPv6 one, or the address as it is. */
function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/u, '');
  if (isIP(bare) !== 6) return bare;
  const carrier = carriers.find(([cidr]) => inside(bare, cidr));
  if (!carrier || inside(bare, '::/127')) return bare;
  const all = groups(bare);
  const [high = 0, low = 0] = all.slice(carrier[1], carrier[1] + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Why an address may not be asked; empty when it may.
 * @param allow ranges of the configuration, e.g. `127.0.0.0/8`
 */
export function refusedAddress(address: string, allow: readonly string[]): string {
  const plain = plainAddress(address);
  if (isIP(plain) === 0) return 'no address';
  if (allow.some((cidr) => inside(plain, cidr))) return '';
  const why = refused.find(([cidr]) => inside(plain, cidr))?.[1];
  if (why !== undefined) return why;
  // All that is public is in there (RFC 4291 2.4); what else may be assigned one day is not asked either.
  return isIP(plain) === 6 && !inside(plain, '2000::/3') ? 'an address outside of the public range' : '';
}

/** A host written as an address that only this network or this machine knows. */
export function looksPrivate(host: string): boolean {
  if (/^(.*\.)?localhost\.?$/iu.test(host)) return true;
  return isIP(host) !== 0 && refusedAddress(host, []) !== '';
}
