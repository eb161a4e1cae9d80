/** Harbor Lines, an imaginary shipping company, and Lighthouse, its partner for pilots and weather. */
export interface Plan {
  trustDomain: string;
  randomSeed: number;
  /** Services by team. */
  teams: Record<string, string[]>;
  /** Kubernetes clusters, with the node pools they are made of. */
  clusters: Record<string, string[]>;
  awsAccount: string;
  awsRegion: string;
  /** Hosts attested by certificate, without Kubernetes. */
  hosts: string[];
  /** A partner that is no server of this network. */
  partner?: string;
}

export const harbor: Plan = {
  trustDomain: 'harbor.example',
  randomSeed: 0x4841_5242,
  teams: {
    payments: ['ledger', 'checkout', 'refunds', 'reconciler', 'card-vault'],
    berths: ['planner', 'slot-api', 'tide-import', 'crane-queue'],
    customs: ['declarations', 'risk-scoring', 'tariff-cache', 'broker-gateway'],
    tracking: ['events-ingest', 'vessel-positions', 'container-status', 'notifier'],
    billing: ['invoices', 'rating', 'dunning', 'exports'],
    manifests: ['manifest-api', 'edi-import', 'hazmat-check'],
    identity: ['accounts', 'sessions', 'directory-sync'],
    platform: ['ingress', 'otel-collector', 'backup', 'cert-rotator', 'feature-flags'],
    data: ['lake-loader', 'schema-registry', 'forecast', 'query-engine'],
    web: ['storefront', 'agent-portal', 'assets'],
  },
  clusters: { 'pier-a': ['general', 'memory'], 'pier-b': ['general'] },
  awsAccount: '418272391004',
  awsRegion: 'eu-north-1',
  hosts: ['quay-gate-01', 'quay-gate-02', 'crane-ctl-07'],
  partner: 'drydock.test',
};

export const lighthouse: Plan = {
  trustDomain: 'lighthouse.example',
  randomSeed: 0x4c49_4748,
  teams: {
    pilots: ['roster', 'dispatch', 'boarding', 'logbook'],
    weather: ['forecast-api', 'buoy-ingest', 'radar-tiles', 'storm-alerts'],
    radio: ['ais-decoder', 'vhf-recorder', 'channel-plan'],
    charts: ['tile-server', 'notices', 'survey-import'],
    platform: ['ingress', 'otel-collector', 'backup'],
  },
  clusters: { 'lamp-1': ['general'], 'lamp-2': ['general'] },
  awsAccount: '730114962281',
  awsRegion: 'eu-west-1',
  hosts: ['mast-north', 'mast-south', 'buoy-relay-3'],
};
