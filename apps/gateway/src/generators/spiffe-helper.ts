import { attribute, comment } from './hcl.ts';
import type { HclItem, HclValue } from './hcl.ts';
import { hclFile } from './files.ts';
import { checks } from './options.ts';
import type { Asked, Facts, Generated, Generator } from './types.ts';

export interface HelperConf {
  items: HclItem[];
  certDir: string;
  fileNames: string[];
  notes: string[];
}

/** helper.conf of spiffe-helper 0.8 and later. `paths` are given where a pod's volumes decide them. */
export function helperConf(
  facts: Facts,
  ask: Asked,
  paths: { agentAddress?: string; certDir?: string } = {},
): HelperConf {
  const notes: string[] = [];
  const agentAddress =
    paths.agentAddress ??
    ask.text({
      name: 'agent_address',
      title: 'Workload API socket',
      help: 'Path of the agent’s socket, as the helper sees it.',
      usual: facts.sockets[0] ?? '/tmp/spire-agent/public/api.sock',
      check: checks.path,
    });
  if (!paths.agentAddress && facts.sockets.length === 0)
    notes.push(
      'The agent’s socket is not known here; agent_address is SPIRE’s default. Correct it where the agent has another socket_path.',
    );
  const certDir =
    paths.certDir ??
    ask.text({
      name: 'cert_dir',
      title: 'Directory',
      help: 'Must exist, and be writable for the helper.',
      usual: '/run/svids',
      check: checks.path,
    });
  const name = (option: string, title: string, usual: string) =>
    ask.text({ name: option, title, help: 'In the directory.', usual, check: checks.fileName });
  const svid = name('svid_file_name', 'Certificate chain', 'svid.pem');
  const key = name('svid_key_file_name', 'Private key', 'svid_key.pem');
  const bundle = name('svid_bundle_file_name', 'Trust bundle', 'svid_bundle.pem');
  const cmd = ask.text({
    name: 'cmd',
    title: 'Program',
    help: 'Started by the helper and told of renewals; empty: the helper only writes files.',
    usual: '',
  });
  const cmdArgs =
    cmd === ''
      ? ''
      : ask.text({ name: 'cmd_args', title: 'Its arguments', help: 'Apart by spaces.', usual: '' });
  const signal =
    cmd === ''
      ? ''
      : ask.text({
          name: 'renew_signal',
          title: 'Signal at renewal',
          help: 'What makes the program read its files again.',
          usual: 'SIGHUP',
          check: (value) => (/^SIG[A-Z0-9]{2,8}$/u.test(value) ? '' : 'expected a signal such as SIGHUP.'),
        });
  const audience = ask.text({
    name: 'jwt_audience',
    title: 'JWT audience',
    help: 'Who a JWT-SVID is for; empty: none is fetched.',
    usual: '',
  });
  const jwt = audience === '' ? '' : name('jwt_svid_file_name', 'JWT-SVID', 'jwt_svid.token');
  const jwtBundle = audience === '' ? '' : name('jwt_bundle_file_name', 'JWT bundle', 'jwt_bundle.json');
  const mode = (option: string, title: string, usual: string): HclValue => ({
    raw: ask.text({ name: option, title, help: 'Octal.', usual, check: checks.mode }),
  });
  const fileNames = [svid, key, bundle, jwt, jwtBundle].filter((one) => one !== '');
  if (new Set(fileNames).size < fileNames.length)
    notes.push('Two files have the same name: one would write over the other. Give each a name of its own.');
  const entry = facts.entry;
  const federated = (entry?.federatesWith.length ?? 0) > 0;
  const items: HclItem[] = [
    ...(entry ? [comment(`SVIDs of ${entry.spiffeId}`)] : []),
    attribute('agent_address', agentAddress),
    attribute('cert_dir', certDir),
    attribute('daemon_mode', true),
    attribute('svid_file_name', svid),
    attribute('svid_key_file_name', key),
    attribute('svid_bundle_file_name', bundle),
    ...(federated ? [attribute('include_federated_domains', true)] : []),
    ...(cmd === ''
      ? []
      : [attribute('cmd', cmd), attribute('cmd_args', cmdArgs), attribute('renew_signal', signal)]),
    ...(audience === ''
      ? []
      : [
          attribute('jwt_svids', [
            new Map([
              ['jwt_audience', audience],
              ['jwt_svid_file_name', jwt],
            ]),
          ]),
          attribute('jwt_bundle_file_name', jwtBundle),
        ]),
    attribute('cert_file_mode', mode('cert_file_mode', 'Mode of certificates', '0644')),
    attribute('key_file_mode', mode('key_file_mode', 'Mode of the key', '0600')),
    ...(audience === ''
      ? []
      : [
          attribute('jwt_svid_file_mode', mode('jwt_svid_file_mode', 'Mode of the JWT-SVID', '0600')),
          attribute('jwt_bundle_file_mode', mode('jwt_bundle_file_mode', 'Mode of the JWT bundle', '0644')),
        ]),
    ...(entry && entry.hint !== '' ? [attribute('hint', entry.hint)] : []),
  ];
  if (entry && entry.hint === '')
    notes.push(
      'The helper takes the first SVID that the agent gives it. Where several entries match it, give them hints, and this file the hint.',
    );
  if (federated)
    notes.push(`The trust bundle file has the authorities of ${entry?.federatesWith.join(', ')} too.`);
  return { items, certDir, fileNames, notes };
}

export const spiffeHelper: Generator = {
  needsEntry: true,
  make(facts, ask): Generated {
    const { items, notes, fileNames, certDir } = helperConf(facts, ask);
    const selectors = facts.entry?.selectors.map(({ type, value }) => `${type}:${value}`).join(', ') ?? '';
    return {
      files: [
        hclFile(
          'helper.conf',
          items,
          `${fileNames.length} file names, all different: ${new Set(fileNames).size === fileNames.length ? 'yes' : 'no'}.`,
        ),
      ],
      notes: [
        `The agent attests the helper, not the program behind it: the helper itself must match ${selectors}.`,
        `${certDir} must be there before the helper starts.`,
        ...notes,
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};
