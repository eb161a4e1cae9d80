/** Selector types of SPIRE's own workload attestors, with a value as each writes it. */
const EXAMPLES: Record<string, string> = {
  k8s: 'ns:payments',
  unix: 'uid:1000',
  docker: 'label:app:web',
  systemd: 'id:web.service',
  windows: 'user_name:web',
  x509pop: 'subject:cn:node-1',
  join_token: 'the token',
  k8s_psat: 'cluster:prod',
};

export const knownTypes: readonly string[] = Object.keys(EXAMPLES);
export const exampleOf = (type: string): string =>
  (Object.hasOwn(EXAMPLES, type) ? EXAMPLES[type] : undefined) ?? 'value';
