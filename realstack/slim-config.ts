import { join } from 'node:path';
import type { Letter, SlimPlan } from './layout.ts';

// A JSON string is a YAML string.
const q = (text: string): string => JSON.stringify(text);
const server = (port: number): string => `{ endpoint: "127.0.0.1:${port}", tls: { insecure: true } }`;
const client = (port: number): string => `{ endpoint: "http://127.0.0.1:${port}", tls: { insecure: true } }`;

/** An empty `topology` means it is managed through the API; on disk, so it outlives a restart. */
export function controlPlaneConfig(plan: SlimPlan): string {
  return `tracing: { log_level: info }
northbound: ${server(plan.northPort)}
southbound: ${server(plan.southPort)}
database: { type: sqlite, path: ${q(join(plan.dir, 'control-plane.db'))} }
topology: {}
`;
}

export function nodeConfig(plan: SlimPlan, letter: Letter): string {
  const node = plan.nodes[letter];
  return `tracing: { log_level: info }
runtime: { n_cores: 0, thread_name: slim, drain_timeout: 1s }
services:
  slim/0:
    node_id: ${q(node.name)}
    domain_name: ${q(node.domain)}
    dataplane:
      servers:
        - endpoint: "127.0.0.1:${node.dataPort}"
          tls: { insecure: true }
          # Without it the control plane cannot link this node to another domain.
          metadata: { external_endpoint: "127.0.0.1:${node.dataPort}" }
      clients: []
    controller:
      servers: [${server(node.controllerPort)}]
      clients: [${client(plan.southPort)}]
`;
}

/** No channels: they are managed through the API. The secret needs 32 bytes or more. */
export function channelManagerConfig(plan: SlimPlan): string {
  return `channel-manager:
  slim-connection: ${client(plan.nodes.a.dataPort)}
  api-server: ${server(plan.managerPort)}
  local-name: ${q(plan.localName)}
  audience: ${q(plan.localName)}
  auth:
    type: shared_secret
    secret: "\${file:${plan.sharedSecretFile}}"
  channels: []
`;
}
