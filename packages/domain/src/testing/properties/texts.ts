import { utf8Encode } from '../../bytes.ts';
import type { JudgeInput, Kind } from '../../judge-types.ts';
import { NOW } from '../certificates.ts';
import type { Random } from '../fuzz-random.ts';
import { chance, type CheckProperty, pick } from './property.ts';

type Make = (random: Random) => string;

function textProperty(
  kind: Kind,
  good: Make,
  id: string,
  change: string,
  edit: (text: string, random: Random) => string | Uint8Array,
  more: { readonly row?: CheckProperty['row']; readonly also?: readonly string[] } = {},
): CheckProperty {
  const input = (text: string | Uint8Array): JudgeInput => ({
    kind,
    input: typeof text === 'string' ? utf8Encode(text) : text,
    bundles: new Map(),
    at: NOW,
  });
  return {
    id,
    change,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const text = good(random);
      return { good: input(text), bad: input(edit(text, random)) };
    },
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789.-_';
const word = (random: Random, alphabet: string, most: number) =>
  Array.from({ length: 1 + random(most) }, () => alphabet[random(alphabet.length)]).join('');

/** Any SPIFFE ID that the specification allows: names that look like addresses or like nothing in the DNS, too. */
function anySpiffeId(random: Random): string {
  const host = chance(random, 3)
    ? pick(random, ['1.2.3.4', '-a', 'a..b', '..', '_', '0x7f', '127.1', 'a-.b', 'x'.repeat(255)])
    : word(random, LETTERS, 30);
  const segments = Array.from({ length: random(5) }, () => {
    const segment = word(random, LETTERS + LETTERS.slice(0, 26).toUpperCase(), 12);
    return segment === '.' || segment === '..' ? '...' : segment;
  });
  return `spiffe://${host}${segments.map((segment) => `/${segment}`).join('')}`;
}

const id = (...args: Tail<Parameters<typeof textProperty>, 2>) =>
  textProperty('spiffe-id', anySpiffeId, ...args);
type Tail<T extends readonly unknown[], N extends number> = N extends 2
  ? T extends readonly [unknown, unknown, ...infer R]
    ? R
    : never
  : never;

const HOST_END = /^spiffe:\/\/[^/]*/u;
const atHost = (text: string, add: string) => text.replace(HOST_END, (start) => `${start}${add}`);
const long = (text: string) => (text.length > 240 ? 'spiffe://a/b' : text);

/** ID-01 to ID-16 and ID-19. */
export const spiffeIdProperties: readonly CheckProperty[] = [
  id(
    'ID-01',
    'another scheme',
    (text, random) => text.replace('spiffe', pick(random, ['http', 'spiffes', '', 'sрiffe'])),
    { also: ['ID-19'] },
  ),
  id('ID-01', 'no scheme', (text) => text.replace('spiffe:', ''), { also: ['ID-06', 'ID-04'] }),
  id(
    'ID-01',
    'a scheme not in lower case',
    (text, random) => text.replace('spiffe', pick(random, ['SPIFFE', 'Spiffe', 'spiffE'])),
    { row: 'warns' },
  ),
  id('ID-02', 'a query', (text, random) => text + pick(random, ['?', '?a=b', '?/', '??'])),
  id('ID-03', 'a fragment', (text, random) => text + pick(random, ['#', '#a', '#/'])),
  id(
    'ID-04',
    'no trust domain',
    (text, random) => text.replace(HOST_END, pick(random, ['spiffe://', 'spiffe:', 'spiffe:x'])),
    { also: ['ID-13'] },
  ),
  id('ID-05', 'user information', (text, random) =>
    text.replace('://', pick(random, ['://u@', '://u:p@', '://@', '://a@b@'])),
  ),
  id('ID-06', 'a port', (text, random) => atHost(text, pick(random, [':', ':8080', ':a', '::']))),
  id(
    'ID-07',
    'upper case in the trust domain',
    (text, random) => text.replace('://', pick(random, ['://A', '://Example.'])),
    { also: ['ID-16'] },
  ),
  id('ID-08', 'another character in the trust domain', (text, random) =>
    atHost(long(text), pick(random, ['!', '~', '*', '+', '$', '(', ',', '|', '\\'])),
  ),
  id(
    'ID-08',
    'a look-alike or an invisible character in the trust domain',
    (text, random) => atHost(long(text), pick(random, ['а', '。', '‐', '\u200b', '\u202e', 'é', '\0'])),
    { also: ['ID-19'] },
  ),
  id('ID-09', 'percent-encoding in the trust domain', (text, random) =>
    atHost(long(text), pick(random, ['%61', '%2e', '%', '%zz'])),
  ),
  id(
    'ID-10',
    'percent-encoding in the path',
    (text, random) => `${text}/${pick(random, ['a%2fb', '%61', '%', '%2e%2e'])}`,
  ),
  id(
    'ID-11',
    'an empty segment',
    (text, random) => `${text}/${pick(random, ['/a', 'a//b', '//a', 'a///b'])}`,
  ),
  id(
    'ID-12',
    'a dot segment',
    (text, random) => `${text}/${pick(random, ['.', '..', './a', 'a/../b', 'a/.', '../..'])}`,
  ),
  id('ID-13', 'a slash at the end', (text) => `${text}/`),
  id(
    'ID-14',
    'another character in a segment',
    (text, random) =>
      `${text}/a${pick(random, ['!', ':', '@', '+', '~', '$', '=', ';', '&', '|', '*', '"', '\\'])}`,
  ),
  id('ID-15', 'more than 2048 bytes', (text) => `${text}/${'x'.repeat(2048)}`, { row: 'warns' }),
  id('ID-16', 'more than 255 bytes of trust domain', (text) => text.replace('://', `://${'x'.repeat(255)}`)),
  id(
    'ID-19',
    'a byte that is no printable ASCII',
    (text, random) => {
      const bytes = utf8Encode(`${long(text)}/ab`);
      bytes[bytes.length - 1] = pick(random, [0, 9, 10, 13, 0x20, 0x7f, 0x80, 0xff]);
      return bytes;
    },
    { also: ['ID-14'] },
  ),
  id(
    'ID-19',
    'white space or a byte order mark around it',
    (text, random) =>
      pick(random, [`${text}\n`, ` ${text}`, `\ufeff${text}`, `${text}\r\n`, `${text}\u0000`]),
    { also: ['ID-01', 'ID-08', 'ID-14'] },
  ),
];

/** ID-17: names that other software would take for an address or refuse; nothing is wrong with them. */
export const ODD_TRUST_DOMAINS: readonly string[] = [
  '1.2.3.4',
  '256.1.1.1',
  'a..b',
  '-a',
  'a-',
  '.',
  '..',
  '_',
  '0',
  '0x7f000001',
  `${'a'.repeat(64)}.b`,
];

const anyUrl = (random: Random) =>
  `https://${pick(random, ['example.org', 'EXAMPLE.org', '10.0.0.1', '[::1]', '[fe80::1:2]', 'a_b', 'ex%41mple.org'])}` +
  `${pick(random, ['', ':8443', ':1', ':65535', ':'])}${pick(random, ['', '/', '/a/b.json', '//x', '/a?b=c/d', '?x', '/#f', '/%20'])}`;
const url = (...args: Tail<Parameters<typeof textProperty>, 2>) =>
  textProperty('bundle-endpoint-url', anyUrl, ...args);

/** F-01 and F-02. */
export const urlProperties: readonly CheckProperty[] = [
  url('F-01', 'another scheme', (text, random) =>
    text.replace('https', pick(random, ['http', 'httpss', 'spiffe', 'unix', 'file'])),
  ),
  url('F-01', 'no scheme', (text, random) => text.replace('https:', pick(random, ['', ':', '/', '1:']))),
  url('F-01', 'no host', (text, random) =>
    text.replace(/\/\/(\[[^\]]*\]|[^/:?#]*)/u, pick(random, ['//', '', '/'])),
  ),
  url('F-01', 'a port that is none', (text, random) =>
    text.replace(
      /\/\/(\[[^\]]*\]|[^/:?#]*)(:\d*)?/u,
      `//$1:${pick(random, ['0', '65536', '99999999', 'a', '-1'])}`,
    ),
  ),
  url(
    'F-01',
    'a character that no URL has',
    (text, random) =>
      text +
      pick(
        random,
        [' ', '\n', '\0', '"', '<', '{', '|', '^', '`', 'é', '%', '%z1', '\\x'].filter(
          (item) => item !== '\\x',
        ),
      ),
  ),
  url('F-01', 'a backslash where two readers see two hosts', (text) =>
    text.replace('https://', 'https://a\\'),
  ),
  url('F-01', 'an address that is none', (text, random) =>
    text.replace(
      /\/\/(\[[^\]]*\]|[^/:?#]*)/u,
      `//${pick(random, ['[]', '[::1', '::1]', '[1:2]', '[:::]', '[1::2::3]', '[g::1]'])}`,
    ),
  ),
  url('F-01', 'nothing', () => ''),
  url('F-02', 'user information', (text, random) =>
    text.replace('https://', pick(random, ['https://u@', 'https://u:p@', 'https://@', 'https://u%40b@'])),
  ),
];

const anyUnix = (random: Random) =>
  pick(random, [
    'unix:///run/spire/agent.sock',
    'unix:/run/agent.sock',
    'unix:///a',
    'unix:///run/a%20b',
    'unix:///a/../b',
    'unix:///run//x',
  ]);
const anyTcp = (random: Random) =>
  `tcp://${pick(random, ['127.0.0.1', '255.255.255.255', '0.0.0.0', '[::1]', '[fe80::1]', '[::ffff:1.2.3.4]', '[1:2:3:4:5:6:7:8]', '[::]'])}:${pick(random, ['1', '8000', '65535'])}`;
const unix = (...args: Tail<Parameters<typeof textProperty>, 2>) =>
  textProperty('workload-endpoint-uri', anyUnix, ...args);
const tcp = (...args: Tail<Parameters<typeof textProperty>, 2>) =>
  textProperty('workload-endpoint-uri', anyTcp, ...args);

/** W-01 to W-03. */
export const endpointProperties: readonly CheckProperty[] = [
  unix('W-01', 'another scheme', (text, random) =>
    text.replace('unix', pick(random, ['http', 'file', 'npipe', 'unixx'])),
  ),
  unix('W-01', 'a path alone', (text) => text.replace(/^unix:(\/\/)?/u, '')),
  tcp('W-01', 'another scheme', (text, random) =>
    text.replace('tcp', pick(random, ['http', 'tcp4', 'dns', 'grpc'])),
  ),
  tcp('W-01', 'an address alone', (text) => text.replace('tcp://', '')),
  unix('W-01', 'nothing', () => ''),
  unix('W-02', 'an authority', (text, random) =>
    text.replace(/^unix:(\/\/)?/u, `unix://${pick(random, ['host', 'localhost', '.', 'a@', 'h:1'])}`),
  ),
  unix('W-02', 'no absolute path', (_text, random) =>
    pick(random, ['unix:run/agent.sock', 'unix:', 'unix://', 'unix:///', 'unix:agent.sock', 'unix:./a']),
  ),
  unix('W-02', 'a query or a fragment', (text, random) => text + pick(random, ['?', '#', '?a', '#a'])),
  unix('W-02', 'a character that no path has', (text, random) => text + pick(random, ['[', ']', '\\x'])),
  unix(
    'W-02',
    'a character that no URI has',
    (text, random) => text + pick(random, [' ', '\n', '\0', '"', 'é', '%z']),
    { also: ['W-01'] },
  ),
  tcp('W-03', 'a name, or no proper address', (text, random) =>
    text.replace(
      /\/\/.*:/u,
      `//${pick(random, ['localhost', 'example.org', '127.1', '0x7f.0.0.1', '256.1.1.1', '01.2.3.4', '::1', '[::1', '[1::2::3]', '', '[fe80::1%25eth0]', '127.0.0.1.'])}:`,
    ),
  ),
  tcp('W-03', 'no port, or none that there is', (text, random) =>
    text.replace(/\d+$/u, pick(random, ['', '0', '65536', '99999', 'a', '-1', '08000'])),
  ),
  tcp('W-03', 'no port at all', (text) => text.replace(/:\d+$/u, '')),
  tcp('W-03', 'a path, a query, a fragment or user information', (text, random) =>
    pick(random, [
      `${text}/`,
      `${text}/foo`,
      `${text}?`,
      `${text}#`,
      text.replace('//', '//u@'),
      text.replace('//', '//@'),
    ]),
  ),
  tcp('W-03', 'a character that no URI has', (text, random) => text + pick(random, [' ', '\n', '\0', '"']), {
    also: ['W-01'],
  }),
];
