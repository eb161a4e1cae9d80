import { create } from '@bufbuild/protobuf';
import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import { AgentSchema } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import type { Plan } from './company.ts';
import type { Random } from './random.ts';

const version = '1.15.2';
const hour = 3600;

type Over = Partial<Pick<Agent, 'agentVersion' | 'banned' | 'x509svidExpiresAt' | 'x509svidSerialNumber'>>;

/** Five in Kubernetes, three hosts, two instances, two joined by token: some expired, one banned. */
export function makeAgents(plan: Plan, random: Random, now: number): Agent[] {
  const agent = (type: string, path: string, selectors: [string, string][], over: Over = {}): Agent =>
    create(AgentSchema, {
      id: { trustDomain: plan.trustDomain, path: `/spire/agent/${type}/${path}` },
      attestationType: type,
      x509svidSerialNumber: BigInt(`0x${random.hex(32)}`).toString(),
      x509svidExpiresAt: BigInt(now + 20 * 60 + random.below(40 * 60)),
      selectors: selectors.map(([name, value]) => ({ type: name, value })),
      // A join token is used up; instances of AWS are trusted on first use only.
      canReattest: type !== 'join_token' && type !== 'aws_iid',
      agentVersion: version,
      ...over,
    });

  const kubernetes = (cluster: string, pool: string, number: number, over: Over = {}) => {
    const uid = random.uuid();
    return agent(
      'k8s_psat',
      `${cluster}/${uid}`,
      [
        ['k8s_psat', 'agent_ns:spire'],
        ['k8s_psat', 'agent_sa:spire-agent'],
        ['k8s_psat', `agent_node_name:${cluster}-${pool}-${number}`],
        ['k8s_psat', `agent_node_uid:${uid}`],
        ['k8s_psat', `agent_node_label:pool:${pool}`],
        ['k8s_psat', `cluster:${cluster}`],
      ],
      over,
    );
  };

  const host = (name: string, over: Over = {}) => {
    const fingerprint = random.hex(40);
    return agent(
      'x509pop',
      fingerprint,
      [
        ['x509pop', `ca:fingerprint:${random.hex(40)}`],
        ['x509pop', `serialnumber:${random.hex(16)}`],
        ['x509pop', `subject:cn:${name}.${plan.trustDomain}`],
      ],
      over,
    );
  };

  const instance = (role: string, over: Over = {}) => {
    const id = `i-0${random.hex(16)}`;
    return agent(
      'aws_iid',
      `${plan.awsAccount}/${plan.awsRegion}/${id}`,
      [
        ['aws_iid', `az:${plan.awsRegion}a`],
        ['aws_iid', `image:id:ami-0${random.hex(16)}`],
        ['aws_iid', `instance:id:${id}`],
        ['aws_iid', `tag:role:${role}`],
      ],
      over,
    );
  };

  const expired = (ago: number): Over => ({ x509svidExpiresAt: BigInt(now - ago) });
  const [first = '', second = ''] = Object.keys(plan.clusters);
  const [hostA = '', hostB = '', hostC = ''] = plan.hosts;
  return [
    kubernetes(first, 'general', 1),
    kubernetes(first, 'general', 2),
    kubernetes(first, 'memory', 1),
    kubernetes(second, 'general', 1),
    kubernetes(second, 'general', 2, { ...expired(9 * 24 * hour), agentVersion: '1.14.1' }),
    host(hostA),
    host(hostB, { agentVersion: '1.15.0' }),
    host(hostC, { banned: true, x509svidSerialNumber: '' }),
    instance('batch'),
    instance('batch', expired(40 * 24 * hour)),
    agent('join_token', random.uuid(), []),
    agent('join_token', random.uuid(), [], { ...expired(75 * 60), agentVersion: '' }),
  ];
}
