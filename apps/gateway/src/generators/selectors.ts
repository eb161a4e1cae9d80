import type { SelectorRow } from '../upstream/spire/rows.ts';

/** Selectors of a container, told apart by what they ask of it. */
export interface Docker {
  labels: Map<string, string>;
  env: Map<string, string>;
  /** An image's name or its digest, as `docker:image_id` and `docker:image_config_digest` have it. */
  images: string[];
  /** That no option of a container can make true. */
  other: string[];
  /** A label or variable asked for with two values, which no container has; empty: none. */
  clash: string;
}

/** `docker:label:a.b:c` is the label a.b with the value c; `docker:env:A=b` the variable A with the value b. */
export function dockerOf(selectors: readonly SelectorRow[]): Docker {
  const out: Docker = { labels: new Map(), env: new Map(), images: [], other: [], clash: '' };
  const put = (map: Map<string, string>, what: string, [key, value]: [string, string]): void => {
    if (map.has(key) && map.get(key) !== value) out.clash = `${what} ${key}`;
    map.set(key, value);
  };
  for (const { type, value } of selectors) {
    const [kind, rest] = cut(value, ':');
    if (type !== 'docker') out.other.push(`${type}:${value}`);
    else if (kind === 'label') put(out.labels, 'the label', cut(rest, ':'));
    else if (kind === 'env') put(out.env, 'the variable', cut(rest, '='));
    else if (kind === 'image_id') out.images.push(rest);
    else out.other.push(`${type}:${value}`);
  }
  return out;
}

export interface Kubernetes {
  namespace: string;
  serviceAccount: string;
  podLabels: Map<string, string>;
  containerName: string;
  containerImage: string;
  podName: string;
  nodeName: string;
  other: string[];
}

const parts = new Map<string, keyof Omit<Kubernetes, 'podLabels' | 'other'>>([
  ['ns', 'namespace'],
  ['sa', 'serviceAccount'],
  ['container-name', 'containerName'],
  ['container-image', 'containerImage'],
  ['pod-name', 'podName'],
  ['node-name', 'nodeName'],
]);

/** `k8s:pod-label:app:web` is the label app with the value web. */
export function kubernetesOf(selectors: readonly SelectorRow[]): Kubernetes {
  const out: Kubernetes = {
    namespace: '',
    serviceAccount: '',
    podLabels: new Map(),
    containerName: '',
    containerImage: '',
    podName: '',
    nodeName: '',
    other: [],
  };
  for (const { type, value } of selectors) {
    const [kind, rest] = cut(value, ':');
    const part = type === 'k8s' ? parts.get(kind) : undefined;
    if (part) out[part] = rest;
    else if (type === 'k8s' && kind === 'pod-label') out.podLabels.set(...cut(rest, ':'));
    else out.other.push(`${type}:${value}`);
  }
  return out;
}

function cut(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/** A Kubernetes object's name out of a SPIFFE ID's path. */
export function objectName(spiffeId: string): string {
  const path = spiffeId.replace(/^spiffe:\/\/[^/]*\//u, '');
  const name = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 60)
    .replace(/-+$/u, '');
  return name === '' ? 'workload' : name;
}

/** Seconds as Kubernetes' metav1.Duration: 1h30m0s is 90 minutes. */
export const duration = (seconds: number): string => `${seconds}s`;
