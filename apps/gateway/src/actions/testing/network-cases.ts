import type { JsonObject } from '@bufbuild/protobuf';

const yard = { segment: 'yard', domain_a: 'harbor', domain_b: 'drydock' };

/** One input of every action on a SLIM network, on the practice control plane as it starts. */
export const networkCases: Readonly<Record<string, JsonObject>> = {
  'segment.add': { name: 'night' },
  'segment.remove': { name: 'operations' },
  'link.add': { segment: 'yard', domain_a: 'lighthouse', domain_b: 'harbor' },
  'link.remove': yard,
};

export const networkActions = Object.keys(networkCases);
