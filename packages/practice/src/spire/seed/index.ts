import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import type { Entry } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { Selector } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { SelectorSchema } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { create } from '@bufbuild/protobuf';
import { text } from '../ids.ts';
import { makeAgents } from './agents.ts';
import { callerSelectors, workloadAgentIndex } from './caller.ts';
import type { Plan } from './company.ts';
import { makeEntries, parseSelector } from './entries.ts';
import { Random } from './random.ts';

/** What a trust domain starts with. The same on every start, but for times, which count from `now`. */
export interface Seed {
  trustDomain: string;
  agents: Agent[];
  entries: Entry[];
  workloadAgentId: string;
  callerSelectors: Selector[];
}

export function makeSeed(plan: Plan, peer: string, entryCount: number, now: number): Seed {
  const random = new Random(plan.randomSeed);
  const agents = makeAgents(plan, random, now);
  return {
    trustDomain: plan.trustDomain,
    agents,
    entries: makeEntries({ plan, random, agents, peer, now }, entryCount),
    workloadAgentId: text(agents[workloadAgentIndex]?.id),
    callerSelectors: callerSelectors.map((selector) => create(SelectorSchema, parseSelector(selector))),
  };
}
