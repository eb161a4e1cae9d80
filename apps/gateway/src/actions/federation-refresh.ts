import { Code, ConnectError } from '@connectrpc/connect';
import { keysOf, firstExpiry } from '../doctor/keys.ts';
import { refreshFederationCommand } from '../upstream/spire/federation-commands.ts';
import type { Action } from './action.ts';
import { peerOf, trustDomainProperty } from './bundle-input.ts';
import {
  checkRelationship,
  notThere,
  readSideFor,
  refreshStep,
  runSteps,
  sidePrint,
  startWarnings,
} from './federation-side.ts';
import { bindTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  trust_domain: string;
}

export const federationRefresh: Action<Input> = {
  name: 'federation.refresh',
  title: 'Refresh a federated bundle',
  role: 'operator',
  // What the peer serves is the truth; going back to older keys is `bundle.set`.
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['trust_domain'],
    properties: { connection: { type: 'string', maxLength: 63 }, trust_domain: trustDomainProperty },
  },

  async plan(input, context) {
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection);
    const peer = peerOf(input.trust_domain, target.trustDomain);
    const before = await readSideFor(context, connection, peer);
    const { relationship, copy } = before;
    if (!relationship)
      throw notThere(connection, `relationship with ${peer}, so nothing says where to fetch from`);
    const { canRefresh, warnings } = await startWarnings(connection, relationship, copy !== undefined);
    if (!canRefresh)
      throw new ConnectError(
        `trust_domain: ${warnings[0]?.text ?? ''} Use bundle.set first.`,
        Code.FailedPrecondition,
      );
    const step = refreshStep(connection, peer);
    const ends = copy && firstExpiry(keysOf(copy));
    return {
      title: `Refresh the copy of ${peer}`,
      target,
      changes: [step.change],
      effects: [
        `${target.connection} fetches ${relationship.bundleEndpointUrl} now and replaces its copy by what it gets; when it cannot, the copy stays and the reason is shown.`,
        ...(ends !== undefined && ends <= context.now().getTime()
          ? ['The copy holds an authority that has expired.']
          : []),
      ],
      warnings,
      commands: [refreshFederationCommand(connection.config.address, peer)],
      destructive: false,
      before: sidePrint({ ...before, copy: undefined }),
      // The server may have refreshed by itself since: that is no reason not to.
      check: () => checkRelationship(connection, target, peer, before),
      apply: () => runSteps(context, [step]),
      inverseInput: () => undefined,
    };
  },
};
