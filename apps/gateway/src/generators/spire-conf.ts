import { hclFile } from './files.ts';
import { attribute, block, comment } from './hcl.ts';
import { checks } from './options.ts';
import type { Generated, Generator } from './types.ts';

/** What stands for the join token: the token itself is pasted in by whoever has it, in their own window. */
const tokenPlaceholder = 'PASTE-THE-JOIN-TOKEN-HERE';

/** The federation block of server.conf: our own bundle endpoint, and a peer's. */
export const serverFederation: Generator = {
  needsEntry: false,
  make(facts, ask): Generated {
    const notes: string[] = [];
    const names = facts.peers.map(({ trustDomain }) => trustDomain);
    const trustDomain = ask.text({
      name: 'peer',
      title: 'Other trust domain',
      help:
        names.length === 0 ? 'Its name.' : `Its name; this server knows ${names.slice(0, 10).join(', ')}.`,
      usual: names[0] ?? 'partner.example',
      check: (value) =>
        /^[a-z0-9._-]{1,255}$/u.test(value)
          ? value === facts.trustDomain
            ? 'it is the server’s own trust domain.'
            : ''
          : 'expected the name of a trust domain.',
    });
    const peer = facts.peers.find((one) => one.trustDomain === trustDomain);
    const url = ask.text({
      name: 'bundle_endpoint_url',
      title: 'Its bundle endpoint',
      help: 'Where it publishes its bundle; often port 8443, and never the API’s 8081.',
      usual: peer?.url || `https://spire-server.${trustDomain}:8443`,
      check: checks.url,
    });
    const profile = ask.text({
      name: 'profile',
      title: 'Profile',
      help: 'https_spiffe: it shows an SVID; https_web: a certificate of a public authority.',
      usual: peer?.profile || 'https_spiffe',
      choices: ['https_spiffe', 'https_web'],
    });
    const endpointId =
      profile === 'https_web'
        ? ''
        : ask.text({
            name: 'endpoint_spiffe_id',
            title: 'SPIFFE ID of the endpoint',
            help: 'Whose SVID it must show.',
            usual: peer?.endpointSpiffeId || `spiffe://${trustDomain}/spire/server`,
            check: (value) => (value.startsWith('spiffe://') ? '' : 'expected a SPIFFE ID.'),
          });
    const address = ask.text({
      name: 'address',
      title: 'Own address',
      help: 'On which this server listens with its own bundle.',
      usual: '0.0.0.0',
      check: checks.host,
    });
    const port = ask.text({ name: 'port', title: 'Own port', help: '', usual: '8443', check: checks.port });
    if (!peer || peer.url === '')
      notes.push(
        `The server has no relationship with ${trustDomain} that it could be asked about: address, profile and ID are usual ones. Ask the other organisation.`,
      );
    if (profile === 'https_spiffe')
      notes.push(
        `The first bundle of ${trustDomain} must be set by hand: spire-server bundle set -id spiffe://${trustDomain}. Without it the endpoint’s SVID cannot be checked.`,
      );
    notes.push(
      'It belongs inside of server { … } in server.conf, and is read when the server starts. A relationship made over the API needs no restart.',
      'What the file says of a trust domain takes the place of what the API was told of it.',
    );
    const profileBlock =
      profile === 'https_spiffe'
        ? block('bundle_endpoint_profile', [attribute('endpoint_spiffe_id', endpointId)], 'https_spiffe')
        : block('bundle_endpoint_profile', [], 'https_web');
    return {
      files: [
        hclFile('federation.conf', [
          comment(`Inside of server { } of ${facts.trustDomain}`),
          block('federation', [
            block('bundle_endpoint', [
              attribute('address', address),
              attribute('port', Number(port)),
              block('profile', [], 'https_spiffe'),
            ]),
            block('federates_with', [attribute('bundle_endpoint_url', url), profileBlock], trustDomain),
          ]),
        ]),
      ],
      notes,
      options: ask.options(),
      unfit: '',
    };
  },
};

/** agent.conf of an agent that attests by join token, and the bundle it starts with. */
export const agentConf: Generator = {
  needsEntry: false,
  make(facts, ask): Generated {
    const remote = /^https:\/\/(.+):(\d+)$/u.exec(facts.address);
    const address = ask.text({
      name: 'server_address',
      title: 'Server',
      help: 'As the agent’s host reaches it.',
      usual: remote?.[1]?.replace(/^\[|\]$/gu, '') ?? '127.0.0.1',
      check: checks.host,
    });
    const port = ask.text({
      name: 'server_port',
      title: 'Port',
      help: 'Of the server’s API.',
      usual: remote?.[2] ?? '8081',
      check: checks.port,
    });
    const dataDir = ask.text({
      name: 'data_dir',
      title: 'Data directory',
      help: 'Keeps the agent’s SVID and keys.',
      usual: '/var/lib/spire/agent',
      check: checks.path,
    });
    const socket = ask.text({
      name: 'socket_path',
      title: 'Workload API socket',
      help: 'Where workloads on the host ask.',
      usual: '/tmp/spire-agent/public/api.sock',
      check: checks.path,
    });
    const confDir = ask.text({
      name: 'conf_dir',
      title: 'Configuration directory',
      help: 'Where both files will lie.',
      usual: '/etc/spire/agent',
      check: checks.path,
    });
    const attestors = ask.text({
      name: 'attestors',
      title: 'Workloads are',
      help: 'How the agent tells workloads apart; unix is always there.',
      usual: 'processes',
      choices: ['processes', 'Docker containers', 'Kubernetes pods'],
    });
    const bundlePath = `${confDir.replace(/\/$/u, '')}/bootstrap.pem`;
    const plugin = (kind: string, name: string, body: [string, string | boolean][] = []) =>
      block(
        kind,
        [
          block(
            'plugin_data',
            body.map(([key, value]) => attribute(key, value)),
          ),
        ],
        name,
      );
    const conf = hclFile(
      'agent.conf',
      [
        block('agent', [
          attribute('data_dir', dataDir),
          attribute('log_level', 'INFO'),
          attribute('server_address', address),
          attribute('server_port', port),
          attribute('socket_path', socket),
          attribute('trust_domain', facts.trustDomain),
          attribute('trust_bundle_path', bundlePath),
          comment('Good for one agent, once. After that the SVID in data_dir is what counts.'),
          attribute('join_token', tokenPlaceholder),
        ]),
        block('plugins', [
          plugin('NodeAttestor', 'join_token'),
          plugin('KeyManager', 'disk', [['directory', dataDir]]),
          plugin('WorkloadAttestor', 'unix'),
          ...(attestors === 'Docker containers' ? [plugin('WorkloadAttestor', 'docker')] : []),
          ...(attestors === 'Kubernetes pods'
            ? [plugin('WorkloadAttestor', 'k8s', [['skip_kubelet_verification', false]])]
            : []),
        ]),
      ],
      'trust_bundle_path is where bootstrap.pem goes.',
    );
    return {
      files: [
        conf,
        {
          name: 'bootstrap.pem',
          mediaType: 'application/x-pem-file',
          text: facts.bundlePem,
          checked: `The X.509 authorities of ${facts.trustDomain}, read from the server now.`,
        },
      ],
      notes: [
        `Make the token with the action agent.joinToken (spire-server token generate) and put it in the place of ${tokenPlaceholder}. It is shown once.`,
        ...(remote
          ? []
          : [
              'Muster reaches this server by its unix socket, so its name on the network is not known: correct server_address.',
            ]),
        'bootstrap.pem is trusted at the first contact only. Make it anew if the authority has rotated since.',
        'An agent that attests by join token cannot attest again: if its SVID expires while it is stopped, it needs a new token.',
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};
