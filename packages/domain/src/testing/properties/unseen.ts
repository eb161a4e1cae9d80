/** Clauses about running systems. No document shows them, so no judgement ever claims one to hold. */
export const UNSEEN: ReadonlyMap<string, string> = new Map([
  ['F-03', 'How a client was configured; the URL alone does not tell what was inferred from it.'],
  ['F-04', 'How a client was configured for https_spiffe.'],
  ['F-05', 'What a client checked while it connected.'],
  ['F-06', 'What a client checked while it connected.'],
  ['F-07', 'What a client did on a redirect.'],
  [
    'F-08',
    'What a validator does with several bundles: a merged one looks like any other. Muster itself never pools (X-14, J-14).',
  ],
  ['F-10', 'How often a client polls.'],
  ['F-11', 'When a key was first used, against when it was published.'],
  ['F-12', 'What an endpoint asks of its clients; that a bundle is UTF-8 is part of B-01.'],
  ['F-13', 'The TLS settings of an endpoint.'],
  ['W-04', 'What a client sends with its call.'],
  ['W-06', 'What a client keeps from one message to the next.'],
  ['W-11', 'What a client does after an error.'],
  ['W-12', 'The network between a workload and its agent.'],
]);
