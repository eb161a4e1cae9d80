import type { DomainPlan } from './layout.ts';

/** One registration entry in the JSON that `spire-server entry create -data` reads; TTLs in seconds. */
export interface EntryFile {
  spiffe_id: string;
  parent_id: string;
  selectors: { type: string; value: string }[];
  federates_with?: string[];
  x509_svid_ttl?: number;
  jwt_svid_ttl?: number;
  dns_names?: string[];
  hint?: string;
  admin?: boolean;
  downstream?: boolean;
  store_svid?: boolean;
  /** Unix seconds. */
  entryExpiry?: number;
}

type Rest = Omit<EntryFile, 'spiffe_id' | 'parent_id' | 'selectors'>;

/** First uid of the workloads that stand for SLIM participants: a test running as root can become them. */
const FIRST_PARTICIPANT_UID = 20_001;
const THIRTY_DAYS = 30 * 24 * 3600;

/** Entries that a process of user `uid` is served by the agent of `plan`: plain, administrator, and fast rotating. */
export function ownEntries(plan: DomainPlan, other: DomainPlan, uid: number): EntryFile[] {
  const own = (path: string, rest: Rest): EntryFile =>
    entry(plan, plan.nodeId, path, [`unix:uid:${uid}`], rest);
  return [
    own('/muster/test', {
      federates_with: [id(other)],
      dns_names: [`muster.${plan.trustDomain}`],
      hint: 'test',
    }),
    own('/muster/console', { admin: true, hint: 'administrator' }),
    own('/muster/rotating', { x509_svid_ttl: 60, jwt_svid_ttl: 60, hint: 'rotating' }),
  ];
}

/** A believable organisation around them: SLIM participants under other uids, and workloads of nodes that are not here. */
export function otherEntries(plan: DomainPlan, other: DomainPlan, now = Date.now()): EntryFile[] {
  const cluster = `spiffe://${plan.trustDomain}/node/cluster-1`;
  const k8s = (path: string, namespace: string, account: string, rest: Rest = {}): EntryFile =>
    entry(plan, cluster, path, [`k8s:ns:${namespace}`, `k8s:sa:${account}`], rest);
  const local = (path: string, user: string, rest: Rest = {}): EntryFile =>
    entry(plan, plan.nodeId, path, [`unix:user:${user}`], rest);
  const people = plan.letter === 'a' ? ['alice', 'bob', 'carol'] : ['dave', 'erin', 'frank'];
  const federated = { federates_with: [id(other)] };
  return [
    ...people.map((name, index) =>
      entry(
        plan,
        plan.nodeId,
        `/participant/${name}`,
        [`unix:uid:${FIRST_PARTICIPANT_UID + index}`],
        federated,
      ),
    ),
    k8s('/payments/api', 'payments', 'api', {
      ...federated,
      dns_names: ['api.payments.svc', '*.payments.svc'],
    }),
    k8s('/payments/ledger', 'payments', 'ledger', { x509_svid_ttl: 3600, jwt_svid_ttl: 300 }),
    k8s('/web/frontend', 'web', 'frontend', { hint: 'public' }),
    k8s('/web/checkout', 'web', 'checkout', federated),
    k8s('/monitoring/prometheus', 'monitoring', 'prometheus'),
    k8s('/ci/deployer', 'ci', 'deployer', { entryExpiry: Math.floor(now / 1000) + THIRTY_DAYS }),
    k8s('/region/eu-west', 'spire', 'server', { downstream: true }),
    local('/slim/control-plane', 'slim-control'),
    local('/slim/node', 'slim-node', federated),
    local('/slim/channel-manager', 'slim-channels', federated),
    entry(plan, cluster, '/functions/invoice', ['aws_secretsmanager:secretname:invoice'], {
      store_svid: true,
    }),
  ];
}

function id(plan: DomainPlan): string {
  return `spiffe://${plan.trustDomain}`;
}

function entry(plan: DomainPlan, parent: string, path: string, selectors: string[], rest: Rest): EntryFile {
  return {
    spiffe_id: `${id(plan)}${path}`,
    parent_id: parent,
    selectors: selectors.map((selector) => {
      const colon = selector.indexOf(':');
      return { type: selector.slice(0, colon), value: selector.slice(colon + 1) };
    }),
    ...rest,
  };
}
