import { formatSelector, type Selector } from './selector.ts';

/** A key of selectors that an attestor of SPIRE 1.15 makes, such as `k8s:pod-label`. */
export interface SelectorKey {
  readonly type: string;
  /** Without the type; may have a colon: `ca:fingerprint`. Empty: the whole value is free. */
  readonly key: string;
  /** Workload attestors run in the agent; node attestors in the server, for agents. */
  readonly of: 'workload' | 'node';
  /** `name:value` carries a name of its own (`pod-label:app:web`), `name=value` an environment variable, `flag` nothing. */
  readonly form: 'value' | 'name:value' | 'name=value' | 'flag';
  /** What stands behind the key. */
  readonly example: string;
  readonly says: string;
  /** Alone it fits many workloads, or many nodes. */
  readonly broad: boolean;
  /** What must be switched on for the attestor to make it; empty: nothing. */
  readonly needs: string;
}

type Row = readonly [key: string, example: string, says: string, more?: Partial<SelectorKey>];

const broad = { broad: true } as const;
const pair = { form: 'name:value' } as const;
const path = { needs: 'discover_workload_path in the agent’s attestor' } as const;
const sigstore = { needs: 'sigstore in the agent’s attestor' } as const;
const reference = { needs: 'a broker that asks for a Kubernetes object' } as const;

const imageSignature: readonly Row[] = [
  [
    'image-signature:verified',
    '',
    'The image’s signature was verified',
    { form: 'flag', ...broad, ...sigstore },
  ],
  [
    'image-attestations:verified',
    '',
    'The image’s attestations were verified',
    { form: 'flag', ...broad, ...sigstore },
  ],
  ['image-signature-value', 'MEUCIQ…', 'Signature of the image, base64', sigstore],
  ['image-signature-subject', 'build@example.org', 'Who signed the image', { ...broad, ...sigstore }],
  [
    'image-signature-issuer',
    'https://accounts.example.org',
    'OIDC issuer of the signature',
    { ...broad, ...sigstore },
  ],
  ['image-signature-log-id', 'c0d23d6a…', 'Entry in the transparency log', sigstore],
  ['image-signature-log-index', '105695637', 'Index in the transparency log', sigstore],
  [
    'image-signature-integrated-time',
    '1719237832',
    'When the log took the signature, Unix seconds',
    sigstore,
  ],
  ['image-signature-signed-entry-timestamp', 'MEQCID…', 'Signed log entry, base64', sigstore],
];

/** Read in SPIRE 1.15.2: doc/plugin_agent_workloadattestor_*.md, doc/plugin_server_nodeattestor_*.md and their sources. */
const workload: Readonly<Record<string, readonly Row[]>> = {
  unix: [
    ['uid', '1000', 'User ID of the process'],
    ['user', 'trainer', 'User name, as the agent’s host knows it'],
    ['gid', '1000', 'Group ID of the process', broad],
    ['group', 'trainers', 'Group name, as the agent’s host knows it', broad],
    ['supplementary_gid', '2000', 'A supplementary group ID; Linux only', broad],
    ['supplementary_group', 'gpu', 'A supplementary group’s name; Linux only', broad],
    ['path', '/usr/bin/trainer', 'Path of the program, as the process sees it', path],
    ['sha256', '3a6eb079…', 'SHA-256 of the program, hexadecimal', path],
  ],
  docker: [
    ['label', 'app:trainer', 'A label of the container', pair],
    ['env', 'ROLE=trainer', 'A variable of the container’s environment', { form: 'name=value' }],
    ['image_id', 'registry.example.org/trainer:1.2', 'The image, as it was named in the run command'],
    ['image_config_digest', 'sha256:9f86d081…', 'Digest of the image’s configuration'],
    ...imageSignature,
  ],
  k8s: [
    ['ns', 'training', 'Namespace of the pod', broad],
    ['sa', 'trainer', 'Service account of the pod', broad],
    ['container-name', 'trainer', 'Name of the container', broad],
    [
      'container-image',
      'registry.example.org/trainer:1.2',
      'Image of the container, or its ID with the digest',
    ],
    ['node-name', 'node-1', 'Node that the pod runs on', broad],
    ['pod-name', 'trainer-0', 'Name of the pod'],
    ['pod-uid', '79261129-6b60-11e9-9054-0800277ac80f', 'UID of the pod'],
    ['pod-label', 'app:trainer', 'A label of the pod', pair],
    ['pod-owner', 'StatefulSet:trainer', 'Kind and name of the pod’s owner', pair],
    [
      'pod-owner-uid',
      'StatefulSet:79261129-6b60-11e9-9054-0800277ac80f',
      'Kind and UID of the pod’s owner',
      pair,
    ],
    ['pod-image', 'registry.example.org/trainer:1.2', 'Image of any container of the pod, or its ID'],
    ['pod-image-count', '1', 'How many containers the pod has', broad],
    ['pod-init-image', 'registry.example.org/setup:1.0', 'Image of any init container of the pod, or its ID'],
    ['pod-init-image-count', '0', 'How many init containers the pod has', broad],
    ...imageSignature,
    ['uid', '79261129-6b60-11e9-9054-0800277ac80f', 'UID of the object', reference],
    ['resource', 'deployments.apps', 'Resource of the object', { ...broad, ...reference }],
    ['plural', 'deployments', 'Plural of the resource', { ...broad, ...reference }],
    ['group', 'apps', 'API group of the object', { ...broad, ...reference }],
    ['version', 'v1', 'API version of the object', { ...broad, ...reference }],
    ['apiVersion', 'apps/v1', 'API group and version of the object', { ...broad, ...reference }],
    ['kind', 'Deployment', 'Kind of the object', { ...broad, ...reference }],
    ['name', 'trainer', 'Name of the object', reference],
    ['namespace', 'training', 'Namespace of the object', { ...broad, ...reference }],
    ['key', 'training/trainer', 'Namespace and name of the object', reference],
    ['label', 'app:trainer', 'A label of the object', { ...pair, ...reference }],
    ['owner-key', 'apps/Deployment/trainer', 'An owner of the object', reference],
    ['owner-uid', 'apps/Deployment/79261129-6b60-11e9-9054-0800277ac80f', 'An owner’s UID', reference],
    ['controller-key', 'apps/Deployment/trainer', 'The controlling owner of the object', reference],
    [
      'controller-uid',
      'apps/Deployment/79261129-6b60-11e9-9054-0800277ac80f',
      'The controlling owner’s UID',
      reference,
    ],
  ],
  systemd: [
    ['id', 'trainer.service', 'Unit of the process'],
    ['fragment_path', '/etc/systemd/system/trainer.service', 'File that the unit was read from'],
  ],
  windows: [
    ['user_sid', 'S-1-5-21-759542327-988462579-1707944338-1001', 'SID of the user'],
    ['user_name', 'HOST\\trainer', 'Name of the user, with its computer or domain'],
    ['group_sid:se_group_enabled:true', 'S-1-5-32-544', 'SID of an enabled group', broad],
    ['group_sid:se_group_enabled:false', 'S-1-5-32-544', 'SID of a group that is not enabled', broad],
    ['group_name:se_group_enabled:true', 'LOCAL', 'Name of an enabled group', broad],
    ['group_name:se_group_enabled:false', 'LOCAL', 'Name of a group that is not enabled', broad],
    ['path', 'C:\\Program Files\\trainer\\trainer.exe', 'Path of the program', path],
    ['sha256', '3a6eb079…', 'SHA-256 of the program, hexadecimal', path],
  ],
};

const azureNetwork: readonly Row[] = [
  ['network-security-group', 'frontend:webservers', 'Network security group, with its resource group', broad],
  ['virtual-network', 'frontend:vnet', 'Virtual network', broad],
  ['virtual-network-subnet', 'frontend:vnet:default', 'Subnet of the virtual network', broad],
];

const node: Readonly<Record<string, readonly Row[]>> = {
  k8s_psat: [
    ['cluster', 'prod', 'Cluster that the agent runs in', broad],
    ['agent_ns', 'spire', 'Namespace of the agent', broad],
    ['agent_sa', 'spire-agent', 'Service account of the agent', broad],
    ['agent_pod_name', 'spire-agent-v5wgr', 'Pod of the agent'],
    ['agent_pod_uid', '79261129-6b60-11e9-9054-0800277ac80f', 'UID of the agent’s pod'],
    ['agent_pod_label', 'app:spire-agent', 'A label of the agent’s pod', { ...pair, ...broad }],
    ['agent_node_ip', '172.16.10.1', 'Address of the node'],
    ['agent_node_name', 'node-1', 'Name of the node'],
    ['agent_node_uid', '5dbb7b21-65fe-11e9-b1b0-0800277ac80f', 'UID of the node'],
    ['agent_node_label', 'zone:a', 'A label of the node', { ...pair, ...broad }],
  ],
  k8s_sat: [
    ['cluster', 'prod', 'Cluster that the agent runs in', broad],
    ['agent_ns', 'spire', 'Namespace of the agent', broad],
    ['agent_sa', 'spire-agent', 'Service account of the agent', broad],
  ],
  aws_iid: [
    ['account_id', '123456789012', 'Account of the instance', broad],
    ['az', 'us-west-2b', 'Availability zone', broad],
    ['region', 'us-west-2', 'Region', broad],
    ['iamrole', 'arn:aws:iam::123456789012:role/trainer', 'A role of the instance profile', broad],
    ['image:id', 'ami-5fb8c835', 'Image of the instance', broad],
    ['instance:id', 'i-0b22a22eec53b9321', 'The instance'],
    ['tag', 'name:trainer', 'A tag of the instance', { ...pair, ...broad }],
    ['sg:id', 'sg-01234567', 'A security group’s ID', broad],
    ['sg:name', 'trainers', 'A security group’s name', broad],
  ],
  azure_msi: [
    ['subscription-id', 'd5b40d61-272e-48da-beb9-05f295c42bd6', 'Subscription of the node', broad],
    ['vm-name', 'frontend:trainer-1', 'Virtual machine, with its resource group'],
    ...azureNetwork,
  ],
  azure_imds: [
    ['subscription-id', 'd5b40d61-272e-48da-beb9-05f295c42bd6', 'Subscription of the node', broad],
    ['vm-name', 'trainer-1', 'Virtual machine'],
    ['vmss-name', 'trainers', 'Scale set of the virtual machine', broad],
    ['resource-group', 'frontend', 'Resource group', broad],
    ['vm-location', 'eastus', 'Location of the virtual machine', broad],
    ['vm-tag', 'environment:production', 'A tag of the virtual machine', { ...pair, ...broad }],
    ...azureNetwork,
  ],
  gcp_iit: [
    ['project-id', 'training-123456', 'Project of the instance', broad],
    ['zone', 'us-west1-b', 'Zone of the instance', broad],
    ['instance-name', 'trainer-1', 'Name of the instance'],
    ['sa', '123456789-compute@developer.gserviceaccount.com', 'Service account of the instance', broad],
    ['tag', 'trainer', 'A tag of the instance', broad],
    ['label', 'role:trainer', 'A label of the instance', { ...pair, ...broad }],
    ['metadata', 'role:trainer', 'Metadata of the instance', { ...pair, ...broad }],
  ],
  x509pop: [
    ['subject:cn', 'node-1', 'Common name of the node’s certificate'],
    ['ca:fingerprint', '0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33', 'SHA-1 of a certificate above it', broad],
    ['serialnumber', '0a1b2c3d4e5f', 'Serial number of the node’s certificate'],
    ['san', 'environment:prod', 'A name in the node’s certificate', { ...pair, ...broad }],
  ],
  tpm_devid: [
    ['subject:cn', 'node-1', 'Common name of the DevID certificate'],
    ['issuer:cn', 'authority.example.org', 'Common name of its issuer', broad],
    ['ca:fingerprint', '9ba51e2643bea24e91d24bdec3a1aaf8e967b6e5', 'SHA-1 of a certificate above it', broad],
  ],
  http_challenge: [['hostname', 'p1.example.org', 'Host name of the node']],
  // Made for every agent when agent_spiffe_id_as_selector is on, and in the alias of a join token.
  spiffe_id: [['', 'spiffe://example.org/spire/agent/join_token/…', 'SPIFFE ID of the agent']],
};

function rows(of: SelectorKey['of'], table: Readonly<Record<string, readonly Row[]>>): SelectorKey[] {
  return Object.entries(table).flatMap(([type, keys]) =>
    keys.map(([key, example, says, more]) => ({
      type,
      key,
      of,
      example,
      says,
      form: 'value' as const,
      broad: false,
      needs: '',
      ...more,
    })),
  );
}

/** Every key, workload attestors first. Third-party attestors make others: an unknown type is not an error. */
export const selectorKeys: readonly SelectorKey[] = [...rows('workload', workload), ...rows('node', node)];

/** Node attestors that give agents no selectors at all. */
export const nodeTypesWithout: readonly string[] = ['join_token', 'sshpop'];

const byType = new Map<string, SelectorKey[]>();
for (const key of selectorKeys) byType.set(key.type, [...(byType.get(key.type) ?? []), key]);

/** Keys of one type; empty: no attestor of SPIRE's own has this type. */
export function keysOfType(type: string): readonly SelectorKey[] {
  return byType.get(type) ?? [];
}

/** The key that a selector has; undefined: none that SPIRE makes. */
export function selectorKey({ type, value }: Selector): SelectorKey | undefined {
  let best: SelectorKey | undefined;
  for (const key of keysOfType(type)) {
    const fits =
      key.form === 'flag'
        ? value === key.key
        : key.key === '' || (value.startsWith(`${key.key}:`) && value.length > key.key.length + 1);
    if (fits && (!best || key.key.length > best.key.length)) best = key;
  }
  return best;
}

/** A selector in its parts: `docker:env:ROLE=x` has stem `docker:env:ROLE` and rest `x`; `unix:uid:0` has `unix:uid` and `0`. */
export function splitSelector(selector: Selector): {
  key: SelectorKey | undefined;
  stem: string;
  rest: string;
} {
  const key = selectorKey(selector);
  const { type, value } = selector;
  if (!key) {
    const cut = value.indexOf(':');
    return cut < 0
      ? { key, stem: type, rest: value }
      : { key, stem: `${type}:${value.slice(0, cut)}`, rest: value.slice(cut + 1) };
  }
  const whole = key.key === '' ? type : `${type}:${key.key}`;
  const rest = key.key === '' ? value : value.slice(key.key.length + 1);
  const mark = key.form === 'name=value' ? '=' : key.form === 'name:value' ? ':' : '';
  const cut = mark === '' ? -1 : rest.indexOf(mark);
  return cut < 0
    ? { key, stem: whole, rest }
    : { key, stem: `${whole}:${rest.slice(0, cut)}`, rest: rest.slice(cut + 1) };
}

/** What is wrong with a selector that no attestor of SPIRE makes. */
export interface UnknownSelector {
  /** The type is unknown, or only its key is. */
  readonly what: 'type' | 'key';
  /** The whole selector as it may have been meant; undefined: nothing is near. */
  readonly meant: string | undefined;
  /** Keys of the type, or types. */
  readonly known: readonly string[];
}

/** Undefined: a selector that an attestor makes. */
export function unknownSelector(selector: Selector): UnknownSelector | undefined {
  if (selectorKey(selector)) return undefined;
  const { type, value } = selector;
  const keys = keysOfType(type);
  if (keys.length === 0) {
    const types = [...byType.keys()];
    const near = nearest(type, types);
    const meant = near !== undefined && selectorKey({ type: near, value }) ? `${near}:${value}` : undefined;
    return { what: 'type', meant, known: types };
  }
  const names = keys.map(({ key }) => key);
  const word = value.slice(0, value.indexOf(':') < 0 ? value.length : value.indexOf(':'));
  // Labels are often written with their name alone; a value without a key is mostly such a one.
  const near = nearest(word, names);
  const rest = value.slice(word.length);
  const meant = near === undefined ? undefined : formatSelector({ type, value: near + rest });
  return { what: 'key', meant, known: names };
}

/** Words that people write for a key; compared without dashes, underlines and case. */
const synonyms = new Map([
  ['namespace', 'ns'],
  ['podns', 'ns'],
  ['serviceaccount', 'sa'],
  ['image', 'container-image'],
  ['imageid', 'image_id'],
  ['labels', 'label'],
  ['podlabels', 'pod-label'],
  ['environment', 'env'],
  ['username', 'user'],
  ['userid', 'uid'],
  ['groupid', 'gid'],
  ['node', 'node-name'],
  ['container', 'container-name'],
  ['pod', 'pod-name'],
  ['sha', 'sha256'],
  ['exe', 'path'],
]);

function nearest(word: string, names: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_\s]/gu, '');
  const wanted = plain(word.slice(0, 64));
  const same = names.find((name) => plain(name) === wanted);
  if (same !== undefined) return same;
  const other = synonyms.get(wanted);
  if (other !== undefined && names.includes(other)) return other;
  const close = names
    .map((name) => ({ name, apart: distance(wanted, plain(name)) }))
    .toSorted((a, b) => a.apart - b.apart)[0];
  return close && close.apart <= (wanted.length < 5 ? 1 : 2) ? close.name : undefined;
}

/** Edits between two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Values of a key that fit many workloads although the key is narrow. */
const broadValues: ReadonlySet<string> = new Set([
  'unix:uid:0',
  'unix:user:root',
  'windows:user_sid:S-1-5-18',
]);

/** Every selector of the set fits many workloads by itself, and together they still do. */
export function isBroad(selectors: readonly Selector[]): boolean {
  if (selectors.length === 0) return false;
  const stems = new Set<string>();
  for (const selector of selectors) {
    const { key, stem } = splitSelector(selector);
    if (!key || key.of === 'node') return false;
    if (!key.broad && !broadValues.has(formatSelector(selector))) return false;
    stems.add(stem);
  }
  // A service account of a namespace is the usual way to name a workload.
  if (stems.has('k8s:ns') && (stems.has('k8s:sa') || stems.has('k8s:container-name'))) return false;
  return !stems.has('k8s:sa') || !stems.has('k8s:namespace');
}
