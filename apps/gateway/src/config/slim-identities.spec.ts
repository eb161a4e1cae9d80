import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './load.ts';

const plane = '  - { name: plane, kind: slim-control-plane, address: "http://127.0.0.1:1" }\n';
const node = (controlPlane: string) =>
  `  - { name: node, kind: slim-node, address: "http://127.0.0.1:2", controlPlane: ${controlPlane} }\n`;
const refused = (text: string): string => {
  try {
    parseConfig(text, '/etc/muster.yaml');
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return String(error);
  }
};

describe('rules of identities', () => {
  it('are none unless they are named, and keep their order', () => {
    expect(parseConfig('connections: []\n', '/etc/muster.yaml').slimIdentities).toBeUndefined();
    const rules = [
      { name: 'acme/ops/alice', spiffeId: 'spiffe://acme.example/alice' },
      { name: '{org}/{ns}/{app}', spiffeId: 'spiffe://{org}/{ns}/{app}' },
    ];
    const text = `connections: []\nslimIdentities: ${JSON.stringify(rules)}\n`;
    expect(parseConfig(text, '/etc/muster.yaml').slimIdentities).toEqual(rules);
  });

  it('with a mistake are refused with their line and key', () => {
    const said = refused(
      'connections: []\nslimIdentities:\n  - name: "{org}/{ns}/{app}"\n    spiffeId: "spiffe://{org}/{ns}/{pod}"\n',
    );
    expect(said).toContain('slimIdentities[0].spiffeId');
    expect(said).toContain('4');
    expect(said).toContain('{pod}');
    expect(refused('connections: []\nslimIdentities:\n  - { name: "a/b/c" }\n')).toContain('spiffeId');
    expect(
      refused('connections: []\nslimIdentities:\n  - { nam: "a/b/c", spiffeId: "spiffe://a/b" }\n'),
    ).toContain('slimIdentities[0].nam');
  });
});

describe('the control plane of a connection', () => {
  it('is one that is configured', () => {
    expect(
      parseConfig(`connections:\n${plane}${node('plane')}`, '/etc/muster.yaml').connections[1],
    ).toMatchObject({ controlPlane: 'plane' });
    expect(refused(`connections:\n${plane}${node('other')}`)).toContain('“other” is not configured');
    expect(refused(`connections:\n${plane}${node('node')}`)).toContain('“node” is a slim-node');
  });
});
