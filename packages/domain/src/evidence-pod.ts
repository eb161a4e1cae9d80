import {
  at,
  evidenceLimits,
  listAt,
  pairsAt,
  selectorsOf,
  textAt,
  type Workload,
} from './evidence-values.ts';
import { isJsonObject, type JsonValue } from './json.ts';

interface PodParts {
  kind: string;
  name: string;
  namespace: string;
  pod: JsonValue;
  /** Made from a template: its name and UID are not known yet. */
  template: boolean;
}

/** Selectors that the k8s attestor of SPIRE 1.15 makes for each container of a pod, or of the pods a template makes. */
export function readPods(documents: readonly JsonValue[]): { workloads: Workload[]; notes: string[] } {
  const notes = new Set<string>();
  const parts = documents.flatMap((document) => podsIn(document, '', 0));
  const workloads: Workload[] = [];
  for (const part of parts) {
    const pod = podSelectors(part, notes);
    const statuses = listAt(part.pod, 'status', 'containerStatuses');
    for (const container of listAt(part.pod, 'spec', 'containers')) {
      const name = textAt(container, 'name');
      const status = statuses.find((one) => textAt(one, 'name') === name);
      const user = userOf(part.pod, container);
      workloads.push({
        name: parts.length > 1 ? `${part.kind} ${part.name}, container ${name}` : `container ${name}`,
        selectors: [
          ...selectorsOf('k8s', [
            ...pod.values,
            `container-name:${name}`,
            ...images(container, status).map((image) => `container-image:${image}`),
          ]),
          ...selectorsOf('unix', user.values),
        ],
        unknown: [...pod.unknown, ...(status ? [] : ['k8s:container-image']), ...user.unknown],
      });
      if (workloads.length >= evidenceLimits.workloads) {
        notes.add(`Only the first ${evidenceLimits.workloads} containers were read.`);
        return { workloads, notes: [...notes] };
      }
    }
  }
  return { workloads, notes: [...notes] };
}

/** True for a document that has pods in it. */
export function isPod(document: JsonValue): boolean {
  return podsIn(document, '', 0).length > 0;
}

function podsIn(document: JsonValue, namespace: string, depth: number): PodParts[] {
  if (depth > 4 || !isJsonObject(document)) return [];
  const kind = textAt(document, 'kind');
  const own = textAt(document, 'metadata', 'namespace') || namespace;
  const name = textAt(document, 'metadata', 'name');
  if (kind === 'List' || kind === 'PodList')
    return listAt(document, 'items')
      .slice(0, evidenceLimits.workloads)
      .flatMap((item) => podsIn(item, own, depth + 1));
  const template =
    at(document, 'spec', 'jobTemplate', 'spec', 'template') ??
    at(document, 'spec', 'template') ??
    at(document, 'template');
  if (isJsonObject(template) && listAt(template, 'spec', 'containers').length > 0)
    return [
      {
        kind,
        name,
        namespace: textAt(template, 'metadata', 'namespace') || own,
        pod: template,
        template: true,
      },
    ];
  return listAt(document, 'spec', 'containers').length > 0
    ? [{ kind: kind || 'Pod', name, namespace: own, pod: document, template: false }]
    : [];
}

function podSelectors(part: PodParts, notes: Set<string>): { values: string[]; unknown: string[] } {
  const { pod, template, kind } = part;
  const unknown: string[] = ['docker'];
  const values: string[] = [];
  const known = (key: string, value: string): void => {
    if (value === '') unknown.push(`k8s:${key}`);
    else values.push(`${key}:${value}`);
  };
  if (part.namespace === '')
    notes.add('The manifest names no namespace: “default” is assumed. kubectl -n puts it elsewhere.');
  values.push(`ns:${part.namespace || 'default'}`);
  const account = textAt(pod, 'spec', 'serviceAccountName') || textAt(pod, 'spec', 'serviceAccount');
  if (account === '') notes.add('The manifest names no service account: Kubernetes gives it “default”.');
  values.push(`sa:${account || 'default'}`);
  known('node-name', textAt(pod, 'spec', 'nodeName'));
  known('pod-name', template ? '' : textAt(pod, 'metadata', 'name'));
  known('pod-uid', template ? '' : textAt(pod, 'metadata', 'uid'));
  for (const [name, value] of pairsAt(pod, 'metadata', 'labels')) values.push(`pod-label:${name}:${value}`);
  const running = listAt(pod, 'status', 'containerStatuses');
  const containers = listAt(pod, 'spec', 'containers');
  const starters = listAt(pod, 'spec', 'initContainers');
  values.push(`pod-image-count:${running.length || containers.length}`);
  values.push(
    `pod-init-image-count:${listAt(pod, 'status', 'initContainerStatuses').length || starters.length}`,
  );
  const statusOf = (list: readonly JsonValue[], container: JsonValue): JsonValue | undefined =>
    list.find((one) => textAt(one, 'name') === textAt(container, 'name'));
  for (const container of containers)
    for (const image of images(container, statusOf(running, container))) values.push(`pod-image:${image}`);
  for (const container of starters)
    for (const image of images(
      container,
      statusOf(listAt(pod, 'status', 'initContainerStatuses'), container),
    ))
      values.push(`pod-init-image:${image}`);
  if (running.length === 0) {
    unknown.push('k8s:pod-image', 'k8s:pod-init-image');
    notes.add('The manifest cannot tell an image’s digest, and the runtime may report another of its names.');
  }
  const owners = ownersOf(part);
  values.push(...owners.values);
  unknown.push(...owners.unknown, 'k8s:image-signature-value', 'k8s:image-signature:verified');
  if (template)
    notes.add(`A ${kind || 'template'} names its pods when it makes them: pod name and UID are unknown.`);
  return { values, unknown };
}

/** Pods of a template are owned by what the controller makes for them. */
function ownersOf({ kind, name, pod, template }: PodParts): { values: string[]; unknown: string[] } {
  if (!template) {
    const owners = listAt(pod, 'metadata', 'ownerReferences');
    return {
      values: owners.flatMap((owner) => [
        `pod-owner:${textAt(owner, 'kind')}:${textAt(owner, 'name')}`,
        `pod-owner-uid:${textAt(owner, 'kind')}:${textAt(owner, 'uid')}`,
      ]),
      unknown: [],
    };
  }
  // A Deployment's ReplicaSets and a CronJob's Jobs get names with a hash or a time.
  const direct = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'].includes(kind);
  return {
    values: direct && name !== '' ? [`pod-owner:${kind}:${name}`] : [],
    unknown: [
      ...(direct ? [] : ['k8s:pod-owner']),
      'k8s:pod-owner-uid',
      'k8s:pod-label:pod-template-hash',
      'k8s:pod-label:controller-revision-hash',
      'k8s:pod-label:statefulset.kubernetes.io/pod-name',
      'k8s:pod-label:apps.kubernetes.io/pod-index',
      'k8s:pod-label:job-name',
      'k8s:pod-label:batch.kubernetes.io/job-name',
      'k8s:pod-label:controller-uid',
      'k8s:pod-label:batch.kubernetes.io/controller-uid',
    ],
  };
}

/** The attestor makes a selector of the image as reported and one of its ID; a manifest has the name as written. */
function images(container: JsonValue, status: JsonValue | undefined): string[] {
  if (status) return [textAt(status, 'image'), textAt(status, 'imageID')].filter((text) => text !== '');
  const image = textAt(container, 'image');
  return image === '' ? [] : [image];
}

function userOf(pod: JsonValue, container: JsonValue): { values: string[]; unknown: string[] } {
  const pick = (name: string): string =>
    textAt(container, 'securityContext', name) || textAt(pod, 'spec', 'securityContext', name);
  const [uid, gid] = [pick('runAsUser'), pick('runAsGroup')];
  const values = [...(uid ? [`uid:${uid}`] : []), ...(gid ? [`gid:${gid}`] : [])];
  // Without them it is the image's user; names are those of the agent's host.
  return { values, unknown: ['unix'] };
}
