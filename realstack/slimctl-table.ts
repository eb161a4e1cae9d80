import type { views } from '@muster/api';

/** What Muster has for one command of slimctl 3.4. */
export type Counterpart = (
  | { readonly view: keyof typeof views }
  | { readonly action: string }
  /** Why there is none. */
  | { readonly not: string }
) & {
  /** Its options and arguments → the parameter of the view or input of the action; in brackets: where else it is, or why it is not. */
  readonly takes?: Readonly<Record<string, string>>;
};

const node = { '--origin-node-id': 'source', '--target-node-id': 'destination' };
const signed = { '--audience': '(`audience` of the connection)', '--signed-request-file': 'signed_request' };
const linked = { '<DOMAIN_A>': 'domain_a', '<DOMAIN_B>': 'domain_b', '--segment': 'segment' };
const member = {
  '<CHANNEL>': 'channel',
  '<PARTICIPANT>': 'member',
  '--key': '(an owner key that is kept, or `ownerKeyFile`)',
  '--grant-file': 'grant',
};

/** Every command of `slimctl` 3.4 that does something. */
export const slimctlCommands: Readonly<Record<string, Counterpart>> = {
  'node route list': { view: 'routes' },
  'node connection list': { view: 'connections-slim' },
  'controller node list': { view: 'nodes' },
  'controller connection list': { view: 'connections-slim', takes: { '--node-id': 'node' } },
  'controller route list': {
    view: 'routes',
    takes: { ...node, '--node-id': 'source', '--all': 'statuses' },
  },
  'controller link list': { view: 'links', takes: { ...node, '--all': 'statuses' } },
  'controller link add': { action: 'link.add', takes: linked },
  'controller link remove': { action: 'link.remove', takes: linked },
  'controller domain list': { view: 'domains' },
  'controller domain add': {
    action: 'domain.add',
    takes: { '<DOMAIN_NAME>': 'name', '<SECRET>': 'secret' },
  },
  'controller domain remove': { action: 'domain.remove', takes: { '<DOMAIN_NAME>': 'name' } },
  'controller segment list': { view: 'segments' },
  'controller segment add': { action: 'segment.add', takes: { '<NAME>': 'name' } },
  'controller segment remove': { action: 'segment.remove', takes: { '<NAME>': 'name' } },
  'channel-manager create-channel': {
    action: 'channel.create',
    takes: {
      '<CHANNEL>': 'name',
      '--disable-mls': 'mls',
      '--owner-callback-name': 'owner_callback_name',
      '--ttl-seconds': 'ttl_seconds',
      '--key': 'owner',
      ...signed,
    },
  },
  'channel-manager delete-channel': {
    action: 'channel.delete',
    takes: { '<CHANNEL>': 'name', '--key': 'key', ...signed },
  },
  'channel-manager add-participant': { action: 'member.invite', takes: member },
  'channel-manager delete-participant': { action: 'member.remove', takes: member },
  'channel-manager list-channels': { view: 'channels' },
  'channel-manager list-participants': { view: 'members', takes: { '<CHANNEL>': 'channel' } },
  'channel-manager did-key': {
    view: 'owner-keys',
    takes: { '--key': '(`ownerKeyFile`, or imported: `ownerKey.import` says its did:key before it is kept)' },
  },
  version: {
    not: 'it is slimctl’s own; of servers it tells nothing. `muster view connections` tells their releases.',
  },
  'config list': { not: 'connections are in `muster.yaml`: `muster view connections` lists them.' },
  'config set basic-auth-creds': { not: '`username` and `passwordFile` of the connection' },
  'config set server': { not: '`address` of the connection' },
  'config set timeout': { not: 'each call has the time that it may take' },
  'config set tls-ca-file': { not: '`caFile` of the connection' },
  'config set tls-cert': { not: '`certFile` and `keyFile` of the connection' },
  'config set tls-insecure-skip-verify': { not: 'a certificate is never taken unseen' },
  'slim start': { not: 'Muster runs no nodes' },
  'bench sub': { not: 'Muster measures no nodes' },
  'bench pub': { not: 'Muster measures no nodes' },
  'bench channel sub': { not: 'Muster measures no nodes' },
  'bench channel pub': { not: 'Muster measures no nodes' },
  login: { not: 'a token in a file: `tokenFile` of the connection' },
};

/** Options that every command takes. */
export const slimctlGlobals: Readonly<Record<string, string>> = {
  '--config': '`muster.yaml`',
  '--server': '`address` of the connection',
  '--timeout': 'each call has the time that it may take',
  '--basic-auth-creds': '`username` and `passwordFile` of the connection',
  '--tls.ca_file': '`caFile` of the connection',
  '--tls.cert_file': '`certFile` of the connection',
  '--tls.key_file': '`keyFile` of the connection',
  '--tls.insecure_skip_verify': 'a certificate is never taken unseen',
};

/** What is said of one command by its own help. */
export interface Told {
  commands: string[];
  /** Options and arguments of its own, e.g. `--all`, `<CHANNEL>`. */
  takes: string[];
  globals: string[];
}

/** Reads what `slimctl … --help` prints. */
export function readHelp(text: string): Told {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, title] = /^([A-Z][A-Za-z ]*):$/u.exec(line) ?? [];
    if (title !== undefined) sections.set(title, (lines = []));
    else lines.push(line);
  }
  const matches = (title: string, pattern: RegExp): string[] =>
    (sections.get(title) ?? []).flatMap((line) => pattern.exec(line)?.[1] ?? []);
  const option = /^ {2,6}(?:-\w, )?(--[\w.-]+)/u;
  return {
    commands: matches('Commands', /^ {2}([a-z][\w-]*)/u).filter((name) => name !== 'help'),
    takes: [
      ...matches('Options', option).filter((name) => name !== '--help'),
      ...matches('Arguments', /^ {2}(<\w+>)/u),
    ],
    globals: matches('Global Options', option),
  };
}
