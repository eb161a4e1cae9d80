import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { ReachPlaceSchema, ReachResponseSchema, ReachState, ReachStepSchema, Severity } from '@muster/api';
import type { ReachPlace, ReachService, ReachStep, Warning } from '@muster/api';
import { explainReach, placesOf } from '../reach/explain.ts';
import type { Explained, ReachContext } from '../reach/explain.ts';
import { full } from '../reach/sought.ts';
import { bounded, verdictOf } from '../reach/step.ts';
import type { Step, StepState } from '../reach/step.ts';
import { warn } from './entry-warnings.ts';

/** Why can A not reach B? */
export function reachService(context: ReachContext): Partial<ServiceImpl<typeof ReachService>> {
  return {
    async explain(request) {
      const found = await explainReach(context, request);
      const steps = bounded(found.steps);
      const firstWrong = steps.findIndex(({ state }) => state === 'wrong');
      const verdict = verdictOf(found.steps, found.channel?.spiffe);
      return create(ReachResponseSchema, {
        verdict,
        summary: summaryOf(found, steps, verdict),
        steps: steps.map(toStep),
        ...(firstWrong < 0 ? {} : { firstWrong }),
        path: [...found.path],
        links: [...found.links],
        connection: found.net?.name ?? '',
        warnings: warningsOf(found),
        from: full(found.from),
        to: found.to ? full(found.to) : '',
        channelConnection: found.channel?.connection ?? '',
        places: placesOf(found).map(toPlace),
      });
    },
  };
}

const states: Record<StepState, ReachState> = {
  good: ReachState.GOOD,
  wrong: ReachState.WRONG,
  unknown: ReachState.UNKNOWN,
  'not-asked': ReachState.NOT_ASKED,
};

function toStep(step: Step): ReachStep {
  return create(ReachStepSchema, {
    kind: step.kind,
    title: step.title,
    state: states[step.state],
    detail: step.detail,
    link: step.link ?? '',
    remedies: (step.state === 'good' ? [] : (step.remedies ?? [])).map(
      ({ title, action = '', input, link = '' }) => ({
        title,
        action,
        input: input ? JSON.stringify(input) : '',
        link,
      }),
    ),
    nodes: [...(step.nodes ?? [])],
    ...(step.asOf ? { asOf: timestampFromDate(step.asOf) } : {}),
  });
}

/** Names of a place that are told; a channel may have ten thousand. */
const mostNames = 20;

function toPlace({ node, domain, parties }: ReturnType<typeof placesOf>[number]): ReachPlace {
  return create(ReachPlaceSchema, {
    node,
    domain,
    members: parties.length,
    online: parties.filter(({ presence }) => presence === 'online').length,
    offline: parties.filter(({ presence }) => presence === 'offline').length,
    names: parties.map(full).toSorted().slice(0, mostNames),
  });
}

function summaryOf(
  { from, to, channel, parties, steps: all }: Explained,
  steps: readonly Step[],
  verdict: ReturnType<typeof verdictOf>,
): string {
  const whom = to ? to.name : channel ? `everyone in ${channel.name}` : 'everyone';
  const wrong = steps.find(({ state }) => state === 'wrong');
  if (wrong && verdict === 'does-not')
    return `${from.name} does not reach ${whom}. ${wrong.title}: ${wrong.detail}`;
  if (wrong)
    return `The network between ${from.name} and ${whom} is good. Where members authenticate by SPIFFE, this is wrong: ${wrong.title}: ${wrong.detail}`;
  // Where members authenticate otherwise, who stands behind a name takes no part.
  const aside = channel?.spiffe === false;
  const unknown = all.filter(({ state, kind }) => state === 'unknown' && !(aside && kind === 'identity'));
  const [first] = unknown;
  if (verdict === 'unknown' && first)
    return `Whether ${from.name} reaches ${whom} is not known. ${first.title}: ${first.detail}`;
  const count = parties.length - 1;
  return `${from.name} should reach ${to ? whom : count === 1 ? (parties[1]?.name ?? whom) : `all ${count.toLocaleString('en')} others`}: everything that can be known of the way is good.${
    unknown.length > 0
      ? ` Not known: ${[...new Set(unknown.map(({ title }) => title))].slice(0, 3).join('; ')}.`
      : ''
  }`;
}

function warningsOf({ net, parties, from, to, channel }: Explained): Warning[] {
  const out: Warning[] = [];
  if (net && net.copy.state.stale !== '')
    out.push(warn('stale', `What ${net.name} told is old: it cannot be read now. ${net.copy.state.stale}`));
  for (const party of [from, ...(to ? parties.slice(1) : [])]) {
    const hosts = net?.hosts(party.name, party.instance) ?? [];
    if (party.instance === '' && hosts.length > 1)
      out.push(
        warn(
          'instances',
          `${party.name} runs on ${hosts.length} nodes: ${hosts.map(({ node }) => node).join(', ')}. Name an instance to ask about one.`,
        ),
      );
  }
  if (channel && channel.moderator === '' && !to)
    out.push(
      warn(
        'moderator-unknown',
        `${channel.connection} does not tell who moderates ${channel.name}: it is looked at from ${from.name}.`,
        Severity.INFO,
      ),
    );
  if (channel && !to && parties.length > 1000)
    out.push(
      warn(
        'many',
        `${parties.length.toLocaleString('en')} members: steps that are alike are told once and counted.`,
      ),
    );
  return out;
}
