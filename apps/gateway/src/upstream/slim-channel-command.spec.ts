import { describe, expect, it } from 'vitest';
import { listChannelsCommand } from './channel-manager/commands.ts';
import { controllerCommand } from './control-plane/commands.ts';

const address = 'https://plane.example:50051';

describe('slimctl for a server with credentials', () => {
  it.each([
    [{ address: 'http://127.0.0.1:50051' }, 'slimctl controller --server 127.0.0.1:50051 node list', ''],
    [{ address }, `slimctl controller --server ${address} node list`, ''],
    [
      { address, caFile: '/etc/ca.pem', certFile: '/etc/cert.pem', keyFile: '/etc/key.pem' },
      `slimctl controller --server ${address} --tls.ca_file /etc/ca.pem --tls.cert_file /etc/cert.pem --tls.key_file /etc/key.pem node list`,
      '',
    ],
    [
      { address, username: 'ops team', passwordFile: '/etc/password' },
      `slimctl controller --server ${address} --basic-auth-creds 'ops team:PASSWORD' node list`,
      'Put the password in the place of PASSWORD.',
    ],
    [
      { address, keyFile: 'env:KEY', certFile: '/etc/cert.pem' },
      `slimctl controller --server ${address} --tls.cert_file /etc/cert.pem --tls.key_file key.pem node list`,
      'key.pem must hold what the gateway has in its environment.',
    ],
    [
      { address, tokenFile: '/etc/token' },
      `slimctl controller --server ${address} node list`,
      'slimctl has no flag for a token: this server may refuse it.',
    ],
    [
      { address, workloadApi: 'agent', serverId: 'spiffe://example.org/plane' },
      `slimctl controller --server ${address} --tls.ca_file bundle.0.pem --tls.cert_file svid.0.pem --tls.key_file svid.0.key node list`,
      'spire-agent api fetch x509 -write . writes the SVID that it needs. slimctl checks the server’s host name, not its SPIFFE ID: it may refuse this server.',
    ],
  ])('of %j', (target, line, note) => {
    expect(controllerCommand(target, ['node', 'list'])).toMatchObject({ line, note });
    // The same flags, after the subcommand.
    const flags = line.slice('slimctl controller '.length, -' node list'.length);
    expect(listChannelsCommand(target)).toMatchObject({
      line: `slimctl channel-manager list-channels ${flags}`,
      note,
    });
  });
});
