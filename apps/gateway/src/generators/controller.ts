import { yamlFile } from './files.ts';
import { checks } from './options.ts';
import { duration, kubernetesOf, objectName } from './selectors.ts';
import type { Asked, Facts, Generated, Generator } from './types.ts';
import { noEntry, unfit } from './unfit.ts';

const apiVersion = 'spire.spiffe.io/v1alpha1';

const nameOf = (ask: Asked, spiffeId: string): string =>
  ask.text({
    name: 'name',
    title: 'Name',
    help: 'Of the resource; the cluster has it once.',
    usual: objectName(spiffeId),
    check: checks.k8sName,
  });

const classOf = (ask: Asked): object => {
  const className = ask.text({
    name: 'class_name',
    title: 'Class',
    help: 'className of the controller that is to take it; empty: one without a class.',
    usual: '',
    check: checks.k8sName,
  });
  return className === '' ? {} : { className };
};

const unlessEmpty = <T>(name: string, list: readonly T[]): object =>
  list.length === 0 ? {} : { [name]: [...list] };
const ifSet = (name: string, value: unknown): object => (value ? { [name]: value } : {});

/** A ClusterSPIFFEID that makes entries such as this one for pods. */
export const clusterSpiffeId: Generator = {
  needsEntry: true,
  make({ entry, trustDomain }: Facts, ask): Generated {
    if (!entry) return noEntry();
    const k8s = kubernetesOf(entry.selectors);
    if (!entry.selectors.some(({ type }) => type === 'k8s'))
      return unfit(
        'No selector of this entry is of Kubernetes (k8s:…). A ClusterStaticEntry holds any entry.',
      );
    const path = entry.spiffeId.slice(`spiffe://${trustDomain}`.length);
    const named = /^\/ns\/([^/]+)\/sa\/([^/]+)$/u.exec(path);
    const namespace = k8s.namespace || (named?.[1] ?? '');
    const account = k8s.serviceAccount || (named?.[2] ?? '');
    const byPod = named !== null && named[1] === namespace && named[2] === account;
    const shape = ask.text({
      name: 'template',
      title: 'SPIFFE ID',
      help: 'From the pod: each pod gets the ID of its namespace and service account. This one: all get the same.',
      usual: byPod ? 'from the pod' : 'this one',
      choices: ['from the pod', 'this one'],
    });
    const selectors = entry.selectors
      .filter(
        ({ type, value }) => type !== 'k8s' || !/^(ns|sa|pod-label|pod-uid|pod-name|node-name):/u.test(value),
      )
      .map(({ type, value }) => `${type}:${value}`);
    const labels = Object.fromEntries(k8s.podLabels);
    const document = {
      apiVersion,
      kind: 'ClusterSPIFFEID',
      metadata: { name: nameOf(ask, entry.spiffeId) },
      spec: {
        ...classOf(ask),
        spiffeIDTemplate:
          shape === 'from the pod'
            ? 'spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}'
            : `spiffe://{{ .TrustDomain }}${path}`,
        ...(namespace === ''
          ? {}
          : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
        ...(k8s.podLabels.size === 0 ? {} : { podSelector: { matchLabels: labels } }),
        ...unlessEmpty('workloadSelectorTemplates', [
          ...(account === '' ? [] : [`k8s:sa:${account}`]),
          ...selectors,
        ]),
        ...unlessEmpty('federatesWith', entry.federatesWith),
        ...unlessEmpty('dnsNameTemplates', entry.dnsNames),
        ...(entry.x509SvidTtl > 0 ? { ttl: duration(entry.x509SvidTtl) } : {}),
        ...(entry.jwtSvidTtl > 0 ? { jwtTtl: duration(entry.jwtSvidTtl) } : {}),
        ...ifSet('admin', entry.admin),
        ...ifSet('downstream', entry.downstream),
        ...ifSet('hint', entry.hint),
      },
    };
    return {
      files: [
        yamlFile(
          'clusterspiffeid.yaml',
          [document],
          [`Makes entries such as ${entry.spiffeId}`],
          'Fields are those of the CRD.',
        ),
      ],
      notes: [
        'The controller makes one entry for each pod it selects: under the pod’s node, with the pod’s UID as a selector.',
        ...(namespace === ''
          ? [
              'No namespace is known: pods of all namespaces are selected, but those that the controller ignores. Add a namespaceSelector.',
            ]
          : [
              `Needs the label kubernetes.io/metadata.name on the namespace ${namespace}, which Kubernetes sets since 1.22.`,
            ]),
        ...(k8s.podName === ''
          ? []
          : [`The entry selects the pod ${k8s.podName} by name; a ClusterSPIFFEID selects pods by label.`]),
        ...(entry.expiresAt === 0n
          ? []
          : ['An expiry cannot be said in a ClusterSPIFFEID: its entries never expire.']),
        'Entries made by hand that look the same are taken over or deleted by the controller where it has no entryIDPrefix.',
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};

/** A ClusterStaticEntry with this very entry. */
export const clusterStaticEntry: Generator = {
  needsEntry: true,
  make({ entry }: Facts, ask): Generated {
    if (!entry) return noEntry();
    const document = {
      apiVersion,
      kind: 'ClusterStaticEntry',
      metadata: { name: nameOf(ask, entry.spiffeId) },
      spec: {
        ...classOf(ask),
        spiffeID: entry.spiffeId,
        parentID: entry.parentId,
        selectors: entry.selectors.map(({ type, value }) => `${type}:${value}`),
        ...unlessEmpty('federatesWith', entry.federatesWith),
        ...unlessEmpty('dnsNames', entry.dnsNames),
        ...(entry.x509SvidTtl > 0 ? { x509SVIDTTL: duration(entry.x509SvidTtl) } : {}),
        ...(entry.jwtSvidTtl > 0 ? { jwtSVIDTTL: duration(entry.jwtSvidTtl) } : {}),
        ...ifSet('hint', entry.hint),
        ...ifSet('admin', entry.admin),
        ...ifSet('downstream', entry.downstream),
        ...ifSet('storeSVID', entry.storeSvid),
      },
    };
    const podUid = entry.selectors.some(({ type, value }) => type === 'k8s' && value.startsWith('pod-uid:'));
    return {
      files: [
        yamlFile(
          'clusterstaticentry.yaml',
          [document],
          [`Holds ${entry.spiffeId}`],
          'Fields are those of the CRD.',
        ),
      ],
      notes: [
        ...(podUid
          ? ['It selects one pod by its UID, which is gone with the pod. A ClusterSPIFFEID fits better.']
          : []),
        ...(entry.expiresAt === 0n
          ? []
          : ['An expiry cannot be said in a ClusterStaticEntry: its entry never expires.']),
        ...(entry.storeSvid ? ['storeSVID needs a spire-controller-manager that knows the field.'] : []),
        ...(entry.disableX509SvidPrefetch || entry.jwtSvidIncludeJti
          ? [
              'Not in the file: the entry’s “no X.509-SVID prefetch” and “JWT-SVIDs with jti”. Look whether they are still set once the controller has taken it over.',
            ]
          : []),
        'The controller takes the entry over if it finds it with the same SPIFFE ID, parent and selectors.',
      ],
      options: ask.options(),
      unfit: '',
    };
  },
};
