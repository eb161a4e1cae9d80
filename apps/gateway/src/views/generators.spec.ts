import { AgentService, GeneratorKind, GeneratorService } from '@muster/api';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHcl } from '../generators/hcl.ts';
import { startHarness, startSpire } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusalText } from '../upstream/testing/refusal.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
const ids = new Map<string, string>();
const td = 'harbor.example';
const connection = 'harbor';

const entries = {
  docker: {
    selectors: [
      'docker:label:app:train',
      "docker:label:note:it's",
      'docker:env:STAGE=prod=1',
      'docker:image_id:reg/app:2',
      'unix:uid:1001',
      'docker:image_config_digest:sha256:ab',
    ],
    hint: 'trainer',
    federates_with: ['lighthouse.example'],
  },
  k8s: {
    selectors: [
      'k8s:ns:shop',
      'k8s:sa:web',
      'k8s:pod-label:tier:yes',
      'k8s:container-name:proxy',
      'unix:uid:2000',
    ],
    x509_svid_ttl: 3600,
    dns_names: ['web.shop.svc'],
  },
  unix: { selectors: ['unix:uid:5'], expires_at: '2031-01-01T00:00:00Z' },
  clash: { selectors: ['docker:label:a:1', 'docker:label:a:2'] },
};

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections);
  await harness.console.ready;
  const { agents } = await harness.client(AgentService).listAgents({ trustDomains: [td] });
  const plan = await harness.plan('entry.create', {
    connection,
    entries: Object.entries(entries).map(([name, more]) => ({
      spiffe_id: name === 'k8s' ? `spiffe://${td}/ns/shop/sa/web` : `spiffe://${td}/gen/${name}`,
      parent_id: agents[0]?.id ?? '',
      ...more,
    })),
  });
  const { items } = await harness.apply(plan.digest);
  Object.keys(entries).forEach((name, index) => ids.set(name, items[index]?.id ?? ''));
});

afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

const make = (kind: GeneratorKind, entry = '', options: { [name: string]: string } = {}) =>
  harness.client(GeneratorService).generate({ kind, connection, entryId: ids.get(entry) ?? '', options });
const text = (made: Awaited<ReturnType<typeof make>>, name: string) =>
  made.files.find((file) => file.name === name)?.text ?? '';
const yaml = (source: string) =>
  parseAllDocuments(source).map((one) => one.toJS() as Record<string, unknown>);

describe('generators', () => {
  it('spiffe-helper: file names, modes, JWT and hint, as HCL', async () => {
    const made = await make(GeneratorKind.SPIFFE_HELPER, 'docker', {
      jwt_audience: 'svc',
      cmd: '/usr/bin/app',
      cmd_args: '-v "x"',
    });
    const values = readHcl(text(made, 'helper.conf'));
    expect(values.get('cert_dir')).toBe('/run/svids');
    expect(values.get('hint')).toBe('trainer');
    expect(values.get('include_federated_domains')).toBe(true);
    expect(values.get('key_file_mode')).toEqual({ raw: '0600' });
    expect(values.get('jwt_svids')).toEqual([
      new Map([
        ['jwt_audience', 'svc'],
        ['jwt_svid_file_name', 'jwt_svid.token'],
      ]),
    ]);
    expect(values.get('cmd_args')).toBe('-v "x"');
    expect(values.get('renew_signal')).toBe('SIGHUP');
    expect(made.options.map(({ name }) => name)).toContain('cert_dir');
    // The socket of the Workload API that this gateway is connected to.
    expect(String(values.get('agent_address'))).toContain('workload');
  });

  it('spiffe-helper in a pod: volumes, mounts and paths fit each other', async () => {
    const made = await make(GeneratorKind.SPIFFE_HELPER_POD, 'k8s', {
      cert_dir: '/certs',
      socket_volume: 'hostPath',
    });
    const [map, pod] = yaml(text(made, 'pod.yaml'));
    expect(map).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'ns-shop-sa-web-spiffe-helper', namespace: 'shop' },
    });
    const conf = readHcl(String((map?.['data'] as { 'helper.conf'?: string } | undefined)?.['helper.conf']));
    expect(conf.get('cert_dir')).toBe('/certs');
    expect(conf.get('agent_address')).toBe('/spiffe-workload-api/spire-agent.sock');
    expect(pod).toMatchObject({
      metadata: { labels: { tier: 'yes' } },
      spec: {
        serviceAccountName: 'web',
        securityContext: { runAsUser: 2000 },
        // The agent attests what asks: the helper must carry the name that the entry selects.
        containers: [{ name: 'app' }, { name: 'proxy', args: ['-config', '/etc/spiffe-helper/helper.conf'] }],
        volumes: [
          { name: 'svids' },
          { name: 'helper-config', configMap: { name: 'ns-shop-sa-web-spiffe-helper' } },
          { name: 'workload-api', hostPath: { path: '/run/spire/agent-sockets' } },
        ],
      },
    });
    // Kubernetes reads YAML 1.1, where a bare yes is no text.
    expect(text(made, 'pod.yaml')).toContain('tier: "yes"');
    expect(
      await refusalText(make(GeneratorKind.SPIFFE_HELPER_POD, 'k8s', { cert_dir: '/spiffe-workload-api/x' })),
    ).toMatch(/mounted within another volume/u);
  });

  it('ClusterSPIFFEID and ClusterStaticEntry: fields of the CRDs', async () => {
    const [id] = yaml(
      text(
        await make(GeneratorKind.CLUSTER_SPIFFE_ID, 'k8s', { class_name: 'main' }),
        'clusterspiffeid.yaml',
      ),
    );
    expect(id).toEqual({
      apiVersion: 'spire.spiffe.io/v1alpha1',
      kind: 'ClusterSPIFFEID',
      metadata: { name: 'ns-shop-sa-web' },
      spec: {
        className: 'main',
        spiffeIDTemplate:
          'spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        podSelector: { matchLabels: { tier: 'yes' } },
        workloadSelectorTemplates: ['k8s:sa:web', 'k8s:container-name:proxy', 'unix:uid:2000'],
        dnsNameTemplates: ['web.shop.svc'],
        ttl: '3600s',
      },
    });
    const made = await make(GeneratorKind.CLUSTER_STATIC_ENTRY, 'unix');
    const [entry] = yaml(text(made, 'clusterstaticentry.yaml'));
    expect(entry).toMatchObject({
      kind: 'ClusterStaticEntry',
      spec: { spiffeID: `spiffe://${td}/gen/unix`, selectors: ['unix:uid:5'] },
    });
    expect(made.notes.join()).toMatch(/expiry cannot be said/u);
  });

  it('server.conf: the block, with what the server knows of the other', async () => {
    const made = await make(GeneratorKind.SERVER_FEDERATION, '', {
      peer: 'partner.test',
      bundle_endpoint_url: 'https://partner.test:8443/b',
    });
    const values = readHcl(text(made, 'federation.conf'));
    const peer = 'federation.federates_with "partner.test"';
    expect(values.get(`${peer}.bundle_endpoint_url`)).toBe('https://partner.test:8443/b');
    expect(values.get(`${peer}.bundle_endpoint_profile "https_spiffe".endpoint_spiffe_id`)).toBe(
      'spiffe://partner.test/spire/server',
    );
    expect(made.notes.join()).toMatch(/no relationship with partner\.test/u);
    const known = await make(GeneratorKind.SERVER_FEDERATION);
    expect(known.options.find(({ name }) => name === 'peer')?.value).toMatch(/\.(example|test)$/u);
    expect(await refusalText(make(GeneratorKind.SERVER_FEDERATION, '', { peer: td }))).toMatch(
      /options\.peer: it is the server’s own/u,
    );
  });

  it('agent.conf: with the server’s authorities, and never with a token', async () => {
    const made = await make(GeneratorKind.AGENT_CONF);
    const values = readHcl(text(made, 'agent.conf'));
    expect(values.get('agent.trust_domain')).toBe(td);
    expect(values.get('agent.trust_bundle_path')).toBe('/etc/spire/agent/bootstrap.pem');
    expect(values.get('agent.join_token')).toBe('PASTE-THE-JOIN-TOKEN-HERE');
    expect(text(made, 'bootstrap.pem')).toMatch(/^-----BEGIN CERTIFICATE-----\n/u);
    expect(JSON.stringify(made.files)).not.toMatch(/PRIVATE KEY/u);
  });

  it('docker run: an option for each selector, quoted for the shell', async () => {
    const made = await make(GeneratorKind.DOCKER_RUN, 'docker', { socket: '/run/spire/a.sock' });
    const line = text(made, 'run.sh').replaceAll(' \\\n    ', ' ').split('\n').at(-2);
    expect(line).toBe(
      "docker run --detach --name gen-docker --user 1001 --label app=train --label 'note=it'\\''s' --env STAGE=prod=1 --volume /run/spire:/run/spire:ro --env SPIFFE_ENDPOINT_SOCKET=unix:///run/spire/a.sock reg/app:2",
    );
    expect(made.notes.join()).toContain(
      'No option of docker run makes docker:image_config_digest:sha256:ab true',
    );
    expect((await make(GeneratorKind.DOCKER_RUN, 'k8s')).unfit).toMatch(
      /No selector of this entry is of Docker/u,
    );
    expect((await make(GeneratorKind.DOCKER_RUN, 'clash')).unfit).toMatch(/two values of the label a/u);
  });

  it('pod manifest: what the selectors ask for', async () => {
    const [pod] = yaml(text(await make(GeneratorKind.POD_MANIFEST, 'k8s'), 'pod.yaml'));
    expect(pod).toMatchObject({
      metadata: { namespace: 'shop', labels: { tier: 'yes' } },
      spec: {
        serviceAccountName: 'web',
        containers: [{ name: 'proxy', securityContext: { runAsUser: 2000 } }],
      },
    });
  });

  it.each([
    ['an option that there is not', { colour: 'red' }, /options: there is no option of this name/u],
    ['a path that is none', { cert_dir: 'svids' }, /options\.cert_dir: expected an absolute path/u],
    ['a line break', { cert_dir: '/a\nb' }, /options\.cert_dir: no line breaks/u],
    ['a name with a folder', { svid_file_name: '../x' }, /options\.svid_file_name: expected a file name/u],
    ['a mode that is none', { key_file_mode: '999' }, /options\.key_file_mode: expected an octal mode/u],
    ['too long a value', { cert_dir: `/${'x'.repeat(2000)}` }, /options\.cert_dir: at most 1024/u],
  ])('refuses %s, naming the option', async (_name, options, message) => {
    expect(await refusalText(make(GeneratorKind.SPIFFE_HELPER, 'unix', options))).toMatch(message);
  });

  it('S-25: an option named like a member of objects is only a name', async () => {
    const options = JSON.parse('{"__proto__":"x","constructor":"y"}') as { [name: string]: string };
    expect(await refusalText(make(GeneratorKind.SPIFFE_HELPER, 'unix', options))).toMatch(
      /there is no option of this name/u,
    );
  });

  it('asks for what it needs', async () => {
    expect(await refusalText(make(GeneratorKind.UNSPECIFIED))).toMatch(/kind: there is no such generator/u);
    expect(await refusalText(make(GeneratorKind.DOCKER_RUN))).toMatch(/entry_id: this is made for an entry/u);
    const client = harness.client(GeneratorService);
    expect(
      await refusalText(client.generate({ kind: GeneratorKind.AGENT_CONF, connection: 'nobody' })),
    ).toMatch(/connection: there is no such connection/u);
    expect(
      await refusalText(client.generate({ kind: GeneratorKind.DOCKER_RUN, connection, entryId: 'gone' })),
    ).toMatch(/entry_id: harbor has no registration entry/u);
  });
});
