import type { Layout } from './layout.ts';

const q = (text: string): string => JSON.stringify(text);
const url = (port: number): string => q(`http://127.0.0.1:${port}`);

/** The console's configuration for this stack: one connection a server. */
export function musterConfig({ a, b, slim }: Layout): string {
  const trustDomains = [a, b].map(
    (plan) => `  - name: org-${plan.letter}
    kind: spire-server
    address: ${q(`unix://${plan.serverSocket}`)}
    trustDomain: ${plan.trustDomain}
  - name: org-${plan.letter}-agent
    kind: workload-api
    address: ${q(`unix://${plan.agentSocket}`)}
`,
  );
  return `# Written by realstack; it goes when the stack is stopped.
# Both organisations' bundle endpoints are on this machine.
probe:
  allow: ["127.0.0.0/8"]
connections:
${trustDomains.join('')}  - name: control-plane
    kind: slim-control-plane
    address: ${url(slim.northPort)}
  - name: channel-manager
    kind: channel-manager
    address: ${url(slim.managerPort)}
    ownerKeyFile: ${q(slim.ownerKeyFile)}
    audience: ${slim.localName}
  - name: node-a
    kind: slim-node
    address: ${url(slim.nodes.a.dataPort)}
    moderator:
      name: agntcy/muster/moderator
      sharedSecretFile: ${q(slim.sharedSecretFile)}
  - name: node-b
    kind: slim-node
    address: ${url(slim.nodes.b.dataPort)}
`;
}
