import { expect, it } from 'vitest';
import { ConfigError, parseConfig } from './load.ts';

const head = `connections:
  - name: node
    kind: slim-node
    address: http://127.0.0.1:46357
    moderator:
      name: agntcy/muster/moderator
`;
const parse = (lines: readonly string[]) =>
  parseConfig(head + lines.map((line) => `      ${line}\n`).join(''), '/etc/muster/muster.yaml');
const mistake = (...lines: string[]): string => {
  try {
    parse(lines);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

it('takes a key of our own with the keys of the others; paths are from the file', () => {
  const [own] = parse([
    'jwtKeyFile: key.pem',
    'jwtAlgorithm: EdDSA',
    'jwtSubject: spiffe://acme.example/muster',
    'keysFile: keys.json',
    'audiences: [slim, other]',
  ]).connections;
  expect(own).toMatchObject({
    moderator: { jwtKeyFile: '/etc/muster/key.pem', audiences: ['slim', 'other'] },
  });
});

it.each([
  [[], 'not none'],
  [['sharedSecretFile: s', 'jwtKeyFile: t', 'keysFile: k'], 'not both `sharedSecretFile` and `jwtKeyFile`'],
  [['tokenFile: t', 'keysFile: k'], 'which a token issued beforehand does not'],
  [['sharedSecretFile: s', 'spiffeId: spiffe://a.example/b'], '`workloadApi` beside it'],
  [['jwtKeyFile: t'], '`keysFile` beside it'],
  [['sharedSecretFile: s', 'keysFile: k'], '`jwtKeyFile` beside it'],
  [['sharedSecretFile: s', 'audiences: [slim]'], 'a shared secret has no audience'],
  [['sharedSecretFile: s', 'jwtSubject: x'], '`jwtKeyFile` beside it'],
  [['jwtKeyFile: env:KEY', 'keysFile: k'], 'a file: it is read again'],
  [['jwtKeyFile: k.pem', 'keysFile: env:KEYS'], 'a file: it is read again'],
  [['jwtKeyFile: k.pem', 'keysFile: k', 'jwtAlgorithm: HS256'], 'equal to one of the allowed values'],
])('says what is wrong with %j', (lines, words) => {
  expect(mistake(...lines)).toContain(words);
});
