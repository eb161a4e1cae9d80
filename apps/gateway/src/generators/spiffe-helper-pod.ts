import { badInput } from '../actions/action.ts';
import { hclFile, yamlFile } from './files.ts';
import { readHcl, writeHcl } from './hcl.ts';
import { checks } from './options.ts';
import { kubernetesOf, objectName } from './selectors.ts';
import { helperConf } from './spiffe-helper.ts';
import type { Generated, Generator } from './types.ts';
import { noEntry, noPod } from './unfit.ts';

const helperImage = 'ghcr.io/spiffe/spiffe-helper:0.10.1';
const confDir = '/etc/spiffe-helper';

interface Mount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
}

/** ConfigMap and pod: spiffe-helper beside a program, sharing a volume of SVIDs. */
export const spiffeHelperPod: Generator = {
  needsEntry: true,
  make(facts, ask): Generated {
    const entry = facts.entry;
    if (!entry) return noEntry();
    const k8s = kubernetesOf(entry.selectors);
    if (!entry.selectors.some(({ type }) => type === 'k8s')) return noPod();
    const name = ask.text({
      name: 'name',
      title: 'Pod',
      help: 'Name of the pod; its ConfigMap is named after it.',
      usual: k8s.podName || objectName(entry.spiffeId),
      check: checks.k8sName,
    });
    const image = ask.text({
      name: 'image',
      title: 'Image of the program',
      help: 'What uses the SVIDs.',
      usual: 'registry.example/app:1',
      check: checks.image,
    });
    const sidecar = ask.text({
      name: 'helper_image',
      title: 'Image of the helper',
      help: 'Where the entry selects by image, it is this one.',
      usual: k8s.containerImage || helperImage,
      check: checks.image,
    });
    const volume = ask.text({
      name: 'socket_volume',
      title: 'Workload API by',
      help: 'csi: the SPIFFE CSI driver; hostPath: the agent’s socket on the node.',
      usual: 'csi',
      choices: ['csi', 'hostPath'],
    });
    const socketDir = '/spiffe-workload-api';
    const hostSocket =
      volume === 'csi'
        ? ''
        : ask.text({
            name: 'host_socket',
            title: 'Socket on the node',
            help: 'socket_path of the agent.',
            usual: '/run/spire/agent-sockets/spire-agent.sock',
            check: checks.path,
          });
    const socketName =
      volume === 'csi'
        ? ask.text({
            name: 'socket_name',
            title: 'Socket',
            help: 'Name of the agent’s socket in the volume.',
            usual: 'spire-agent.sock',
            check: checks.fileName,
          })
        : hostSocket.slice(hostSocket.lastIndexOf('/') + 1);
    const certDir = ask.text({
      name: 'cert_dir',
      title: 'Directory of SVIDs',
      help: 'The same in both containers.',
      usual: '/run/svids',
      check: checks.path,
    });
    const uid = Number(
      ask.text({
        name: 'uid',
        title: 'User',
        help: 'Both containers run as it, so that the program can read the key.',
        usual: uidOf(entry.selectors) || '1000',
        check: (value) => (/^\d{1,9}$/u.test(value) ? '' : 'expected a number.'),
      }),
    );
    const agentAddress = `${socketDir}/${socketName}`;
    const conf = helperConf(facts, ask, { agentAddress, certDir });
    const text = writeHcl(conf.items);
    const configMap = `${name}-spiffe-helper`;
    // The agent attests the process that asks: that is the helper, whatever the program's container is called.
    const helperName = k8s.containerName || 'spiffe-helper';
    const svids: Mount = { name: 'svids', mountPath: certDir };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        ...(k8s.namespace === '' ? {} : { namespace: k8s.namespace }),
        ...(k8s.podLabels.size === 0 ? {} : { labels: Object.fromEntries(k8s.podLabels) }),
      },
      spec: {
        ...(k8s.serviceAccount === '' ? {} : { serviceAccountName: k8s.serviceAccount }),
        ...(k8s.nodeName === '' ? {} : { nodeName: k8s.nodeName }),
        securityContext: { runAsUser: uid, runAsGroup: uid, fsGroup: uid },
        containers: [
          {
            name: helperName === 'app' ? 'program' : 'app',
            image,
            volumeMounts: [{ ...svids, readOnly: true }],
          },
          {
            name: helperName,
            image: sidecar,
            args: ['-config', `${confDir}/helper.conf`],
            volumeMounts: [
              svids,
              { name: 'helper-config', mountPath: confDir, readOnly: true },
              { name: 'workload-api', mountPath: socketDir, readOnly: true },
            ] as Mount[],
          },
        ],
        volumes: [
          { name: 'svids', emptyDir: { medium: 'Memory' } },
          { name: 'helper-config', configMap: { name: configMap } },
          volume === 'csi'
            ? { name: 'workload-api', csi: { driver: 'csi.spiffe.io', readOnly: true } }
            : {
                name: 'workload-api',
                hostPath: {
                  path: hostSocket.slice(0, hostSocket.lastIndexOf('/')) || '/',
                  type: 'Directory',
                },
              },
        ],
      },
    };
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: configMap, ...(k8s.namespace === '' ? {} : { namespace: k8s.namespace }) },
      data: { 'helper.conf': text },
    };
    crossCheck(pod.spec, text, configMap);
    return {
      files: [
        hclFile('helper.conf', conf.items),
        yamlFile(
          'pod.yaml',
          [map, pod],
          [`Gets ${entry.spiffeId}`],
          'Volumes, mounts, socket and directories fit each other.',
        ),
      ],
      notes: [
        'The agent attests the helper’s container, for it is what asks for the SVID.',
        ...(k8s.containerName === ''
          ? []
          : [`The entry selects the container ${k8s.containerName}: the helper carries that name.`]),
        ...(volume === 'csi'
          ? ['The SPIFFE CSI driver must be installed on the node, and its socket be named as here.']
          : ['A hostPath volume needs a namespace whose Pod Security Standard allows it.']),
        ...k8s.other
          .filter((one) => !one.startsWith('unix:uid:'))
          .map((one) => `Whether the pod will have ${one} cannot be told from its manifest.`),
        ...conf.notes,
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};

export function uidOf(selectors: readonly { type: string; value: string }[]): string {
  const uid = selectors.find(({ type, value }) => type === 'unix' && /^uid:\d+$/u.test(value));
  return uid?.value.slice('uid:'.length) ?? '';
}

interface Spec {
  containers: { volumeMounts: Mount[] }[];
  volumes: { name: string; configMap?: { name: string } }[];
}

/** What the files say of each other: a pod that mounts nothing where the helper looks would start and never work. */
function crossCheck(spec: Spec, conf: string, configMap: string): void {
  const wrong = (what: string): never => {
    throw badInput('options', `${what} The paths must not lie within each other.`);
  };
  const volumes = new Set(spec.volumes.map(({ name }) => name));
  for (const { volumeMounts } of spec.containers) {
    for (const { name } of volumeMounts) if (!volumes.has(name)) wrong(`There is no volume ${name}.`);
    const paths = volumeMounts.map(({ mountPath }) => mountPath);
    for (const path of paths)
      if (paths.some((other) => other !== path && path.startsWith(`${other}/`)))
        wrong(`${path} is mounted within another volume.`);
    if (new Set(paths).size < paths.length) wrong('Two volumes are mounted at one path.');
  }
  const values = readHcl(conf);
  const helper = spec.containers[1]?.volumeMounts ?? [];
  const at = (volume: string): string => helper.find(({ name }) => name === volume)?.mountPath ?? '';
  if (!String(values.get('agent_address')).startsWith(`${at('workload-api')}/`))
    wrong('The helper’s socket is not in the volume of the Workload API.');
  for (const { volumeMounts } of spec.containers)
    if (volumeMounts.find(({ name }) => name === 'svids')?.mountPath !== values.get('cert_dir'))
      wrong('The directory of SVIDs is not the same everywhere.');
  if (!spec.volumes.some((volume) => volume.configMap?.name === configMap))
    wrong('The ConfigMap is not mounted.');
}
