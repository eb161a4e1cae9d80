import { escapeText } from '@muster/domain';
import { count } from '../actions/results.ts';
import { commandLine } from '../upstream/command.ts';
import { yamlFile } from './files.ts';
import { checks } from './options.ts';
import { dockerOf, kubernetesOf, objectName } from './selectors.ts';
import { uidOf } from './spiffe-helper-pod.ts';
import type { Generated, Generator } from './types.ts';
import { noEntry, noPod, unfit } from './unfit.ts';

const socketEnv = 'SPIFFE_ENDPOINT_SOCKET';

/** A `docker run` line whose container matches the entry. */
export const dockerRun: Generator = {
  needsEntry: true,
  make({ entry, sockets }, ask): Generated {
    if (!entry) return noEntry();
    const docker = dockerOf(entry.selectors);
    if (!entry.selectors.some(({ type }) => type === 'docker'))
      return unfit(
        'No selector of this entry is of Docker (docker:…): options of a container decide nothing.',
      );
    if (docker.clash !== '')
      return unfit(`The entry asks for two values of ${docker.clash}: no container can match it.`);
    const image = ask.text({
      name: 'image',
      title: 'Image',
      help: 'What is run.',
      usual: docker.images[0] ?? 'registry.example/app:1',
      check: checks.image,
    });
    const name = ask.text({
      name: 'name',
      title: 'Container',
      help: 'Its name; the agent does not look at it.',
      usual: objectName(entry.spiffeId),
    });
    const socket = ask.text({
      name: 'socket',
      title: 'Workload API socket',
      help: 'On the host; its directory is mounted into the container.',
      usual: sockets[0] ?? '/tmp/spire-agent/public/api.sock',
      check: checks.path,
    });
    const directory = socket.slice(0, socket.lastIndexOf('/')) || '/';
    const uid = uidOf(entry.selectors);
    const other = docker.other.filter((one) => one !== `unix:uid:${uid}`);
    const options: string[][] = [
      ['--detach'],
      ['--name', name],
      ...(uid === '' ? [] : [['--user', uid]]),
      ...[...docker.labels].map(([key, value]) => ['--label', `${key}=${value}`]),
      ...[...docker.env].map(([key, value]) => ['--env', `${key}=${value}`]),
      ['--volume', `${directory}:${directory}:ro`],
      ['--env', `${socketEnv}=unix://${socket}`],
      [image],
    ];
    const line = ['docker run', ...options.map(commandLine)].join(' \\\n    ');
    return {
      files: [
        {
          name: 'run.sh',
          mediaType: 'text/x-shellscript',
          // A server may send anything as an ID: a line end in it would be a command of its own.
          text: `#!/bin/sh\n# Gets ${escapeText(entry.spiffeId)}\n${line}\n`,
          checked: `Every docker: selector of the entry has its option: ${count(docker.labels.size, 'label', 'labels')}, ${count(docker.env.size, 'variable', 'variables')}.`,
        },
      ],
      notes: [
        `The agent on that host must have the docker workload attestor, and be the parent: ${entry.parentId}.`,
        ...(docker.images.length > 0
          ? [`The entry asks for the image ${docker.images.join(', ')}, exactly as Docker names it.`]
          : []),
        ...other.map(
          (one) => `No option of docker run makes ${one} true: it depends on the image, or on the host.`,
        ),
        ...(docker.env.size > 0
          ? [
              'An entrypoint that changes its environment changes nothing here: Docker’s own record of the container counts.',
            ]
          : []),
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};

/** A pod whose container matches the entry. */
export const podManifest: Generator = {
  needsEntry: true,
  make({ entry }, ask): Generated {
    if (!entry) return noEntry();
    const k8s = kubernetesOf(entry.selectors);
    if (!entry.selectors.some(({ type }) => type === 'k8s')) return noPod();
    const name = ask.text({
      name: 'name',
      title: 'Pod',
      help: '',
      usual: k8s.podName || objectName(entry.spiffeId),
      check: checks.k8sName,
    });
    const image = ask.text({
      name: 'image',
      title: 'Image',
      help: 'Where the entry selects by image, it must be that one.',
      usual: k8s.containerImage || 'registry.example/app:1',
      check: checks.image,
    });
    const uid = uidOf(entry.selectors);
    const socketDir = '/spiffe-workload-api';
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
        containers: [
          {
            name: k8s.containerName || 'app',
            image,
            ...(uid === '' ? {} : { securityContext: { runAsUser: Number(uid) } }),
            env: [{ name: socketEnv, value: `unix://${socketDir}/spire-agent.sock` }],
            volumeMounts: [{ name: 'workload-api', mountPath: socketDir, readOnly: true }],
          },
        ],
        volumes: [{ name: 'workload-api', csi: { driver: 'csi.spiffe.io', readOnly: true } }],
      },
    };
    return {
      files: [
        yamlFile('pod.yaml', [pod], [`Gets ${entry.spiffeId}`], 'Every k8s: selector it can meet is in it.'),
      ],
      notes: [
        `The agent of the node must be reached by the parent ${entry.parentId}.`,
        ...k8s.other
          .filter((one) => one !== `unix:uid:${uid}`)
          .map((one) => `Whether the pod will have ${one} cannot be told from its manifest.`),
        ...(k8s.namespace === '' ? ['The entry names no namespace: pods of any match.'] : []),
        'The socket comes by the SPIFFE CSI driver, which must be installed.',
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};
