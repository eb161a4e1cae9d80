import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { ReachService, ReachState } from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

const quay = 'harbor/quay-2';
const lamp = 'lighthouse/lamp-1';

/** A name that the fake control plane fails for. */
export const UNREACHABLE = 'acme/ops/nobody-answers';

/** Two nodes with a link; the route between them is lost on its node until the link was removed. */
export function reachRoutes(router: ConnectRouter): void {
  router.service(ReachService, {
    explain: ({ from, to, channel }) => {
      if (to === UNREACHABLE)
        throw new ConnectError('control-plane: it did not answer in time.', Code.DeadlineExceeded);
      const asOf = timestampFromMs(Date.now() - 3000);
      const good = from === 'acme/ops/alice';
      const sends = from || 'muster/practice/moderator';
      return {
        verdict: good ? 'reaches' : 'does-not',
        summary: good
          ? `${sends} should reach ${to}: everything that can be known of the way is good. Not known: Identity of 2 names.`
          : `${sends} does not reach ${to || `everyone in ${channel}`}. Node’s own route to ${to} on ${quay}: the node does not have it.\u202e`,
        from: sends,
        to,
        connection: 'control-plane',
        channelConnection: channel ? 'slim' : '',
        path: [quay, lamp],
        links: ['l-1'],
        ...(good ? {} : { firstWrong: 2 }),
        steps: [
          {
            kind: 'link',
            title: `Link between ${quay} and ${lamp}`,
            state: ReachState.GOOD,
            detail: 'Made.',
            link: '/network?open=link',
            nodes: [quay, lamp],
            asOf,
          },
          {
            kind: 'route',
            title: `Route to ${to} on ${quay}`,
            state: ReachState.GOOD,
            detail: `Applied, towards ${lamp}.`,
            link: 'https://evil.test/',
            nodes: [quay, lamp],
            asOf,
          },
          {
            kind: 'node-truth',
            title: `Node’s own route to ${to} on ${quay}`,
            state: good ? ReachState.GOOD : ReachState.WRONG,
            detail: good
              ? 'The node has it.'
              : 'The control plane says that it is applied, and the node does not have it: messages end here.',
            nodes: [quay, lamp],
            remedies: good
              ? []
              : [
                  { title: `Start ${quay} anew: it registers, and is given its routes.` },
                  {
                    title: 'Or remove the link between harbor and lighthouse, and add it again',
                    action: 'link.remove',
                    input: JSON.stringify({
                      connection: 'control-plane',
                      segment: 'operations',
                      domain_a: 'harbor',
                      domain_b: 'lighthouse',
                    }),
                  },
                ],
          },
          {
            kind: 'identity',
            title: 'Identity of 2 names',
            state: ReachState.UNKNOWN,
            detail: 'No rule of the configuration says which SPIFFE ID stands behind it (slimIdentities).',
          },
        ],
        places: [
          { node: quay, domain: 'harbor', members: 2, online: 1, offline: 1, names: [sends, 'acme/ops/bob'] },
          { node: lamp, domain: 'lighthouse', members: 1, online: 1, names: ['acme/support/triage-bot'] },
        ],
      };
    },
  });
}
