import { ContextTopic } from '@muster/api';
import { quote } from '@muster/domain/display';
import type { SvidFacts } from './facts.ts';
import { kindNames } from './facts.ts';
import { counted, pathTo, sayOf } from './finding.ts';
import type { Finding } from './finding.ts';

const say = sayOf(ContextTopic.USE);

/** A trust domain whose server is connected here, and how many of its workloads could authenticate the SVID. */
export interface Acceptor {
  connection: string;
  trustDomain: string;
  /** It has a copy of the SVID's trust bundle. */
  hasBundle: boolean;
  /** Its entries that federate with the SVID's trust domain: their workloads are given the bundle. */
  entries: number;
  examples: readonly string[];
  asOf: Date | undefined;
  problem: string;
}

export interface UseFacts {
  acceptors: readonly Acceptor[];
  /** Trust domains that the entries of the ID federate with. */
  federatesWith: readonly string[];
  /** Entries of the ID with power over their server, by connection. */
  admin: readonly string[];
  downstream: readonly string[];
  /** Moderators of ours that may have this identity: their connection, name and channels. */
  moderators: readonly { connection: string; name: string; channels: readonly string[] }[];
  /** Whether there is anything of SLIM here at all. */
  slim: boolean;
  /** Audiences that are SPIFFE IDs of entries here. */
  named: ReadonlyMap<string, string>;
}

export function useFindings(facts: SvidFacts, use: UseFacts): Finding[] {
  return [
    ...powerFindings(use),
    ...audienceFindings(facts, use),
    ...acceptorFindings(facts, use),
    ...slimFindings(facts, use),
  ];
}

function powerFindings({ admin, downstream }: UseFacts): Finding[] {
  return [
    ...admin.map((connection) =>
      say.danger(
        'power-admin',
        'It administers the SPIRE server',
        `An entry of this SPIFFE ID on ${connection} has admin: with its X.509-SVID everything can be changed there. SPIRE looks at the SPIFFE ID only, whichever entry the SVID is of.`,
        { connection },
      ),
    ),
    ...downstream.map((connection) =>
      say.danger(
        'power-downstream',
        'It can be given a signing certificate',
        `An entry of this SPIFFE ID on ${connection} has downstream: its holder can ask for an intermediate authority and issue any identity of the trust domain.`,
        { connection },
      ),
    ),
  ];
}

/** Words that stand for anything, as people write them; no verifier should take them so. */
const wildcard = /^\s*$|\*|^(?:all|any|everyone|everything|default|none|null|undefined)$/iu;

function audienceFindings({ kind, audiences }: SvidFacts, { named }: UseFacts): Finding[] {
  if (kind === 'x509')
    return [
      say.plain(
        'audience-none-x509',
        'It is for no one in particular',
        'An X.509-SVID names no audience: it authenticates its holder, who must have the key, to whoever trusts the bundle.',
      ),
    ];
  if (kind !== 'jwt') return [];
  if (audiences.length === 0)
    return [
      say.danger(
        'audience-empty',
        'It has no audience',
        'A verifier must reject it; one that does not accepts it for anything.',
      ),
    ];
  const wide = audiences.filter((one) => wildcard.test(one));
  const list = audiences.slice(0, 5).map((one) => quote(one, 80));
  const rest = audiences.length > 5 ? ` and ${audiences.length - 5} more` : '';
  const links = [...named].slice(0, 3).map(([, link]) => ({ text: 'Entry of that audience', link }));
  return [
    ...(wide.length > 0
      ? [
          say.danger(
            'audience-wildcard',
            'An audience that stands for anything',
            `${wide
              .slice(0, 3)
              .map((one) => quote(one, 80))
              .join(
                ', ',
              )}: an audience is compared letter by letter, so that this names no service; one that reads it as a pattern accepts the token for everything.`,
          ),
        ]
      : []),
    audiences.length === 1
      ? say.good(
          'audience-one',
          'For one audience',
          `${list.join('')}: only a service that goes by this name may accept it.`,
          { links },
        )
      : say.warning(
          'audience-wide',
          `For ${audiences.length} audiences`,
          `${list.join(', ')}${rest}. Each of them can use the token to be its subject towards the others.`,
          { links },
        ),
  ];
}

function acceptorFindings(facts: SvidFacts, { acceptors, federatesWith }: UseFacts): Finding[] {
  const out: Finding[] = [
    say.plain(
      'trust-own',
      `Every workload of ${facts.trustDomain}`,
      `Each is given the bundle of its own trust domain and can authenticate the ${kindNames[facts.kind]}; what it may do there is up to each service.`,
    ),
  ];
  for (const one of acceptors) {
    const from = { connection: one.connection, asOf: one.asOf };
    if (one.problem !== '') {
      out.push(
        say.unknown(
          'trust-unread',
          `Whether ${one.trustDomain || one.connection} accepts it is not known`,
          one.problem,
          from,
        ),
      );
    } else if (one.hasBundle) {
      const some = one.examples.length > 0 ? `, e.g. ${one.examples.slice(0, 2).join(', ')}` : '';
      out.push(
        one.entries > 0
          ? say.plain(
              'trust-federated',
              `${counted(one.entries, 'entry', 'entries')} of ${one.trustDomain}`,
              `${one.entries === 1 ? 'Its workload is' : 'Their workloads are'} given the bundle of ${facts.trustDomain} and can authenticate it${some}.`,
              {
                ...from,
                links: [
                  {
                    text: 'These entries',
                    link: pathTo('/entries', { td: one.trustDomain, fed: facts.trustDomain }),
                  },
                  {
                    text: 'The copy of the bundle',
                    link: pathTo('/trust-domains', { name: `${one.connection}/${facts.trustDomain}` }),
                  },
                ],
              },
            )
          : say.plain(
              'trust-copy-only',
              `No workload of ${one.trustDomain}`,
              `${one.connection} has a copy of the bundle of ${facts.trustDomain}, but no entry there federates with it: no workload is given it.`,
              from,
            ),
      );
    }
  }
  if (federatesWith.length > 0)
    out.push(
      say.plain(
        'trust-outward',
        'Its holder can authenticate others',
        `By its entry its workload is also given the bundles of ${federatesWith.slice(0, 5).join(', ')}: that is whom it trusts, not who trusts it.`,
      ),
    );
  out.push(
    say.unknown(
      'trust-others',
      'Who else trusts it is not known',
      'Each trust domain keeps its own copies of bundles: only servers connected here can be asked.',
      { links: [{ text: 'Federation', link: '/federation' }] },
    ),
  );
  return out;
}

function slimFindings({ kind, audiences }: SvidFacts, { moderators, slim }: UseFacts): Finding[] {
  if (!slim) return [];
  const out: Finding[] = moderators.map(({ connection, name, channels }) =>
    say.plain(
      'slim-moderator',
      `Muster’s own moderator ${name}`,
      `It takes its identity from a Workload API that hands out this SPIFFE ID. It moderates ${channels.length === 0 ? 'no channel now' : channels.slice(0, 5).join(', ')}.`,
      { connection, links: [{ text: 'Channels', link: '/channels' }] },
    ),
  );
  if (kind === 'jwt' && audiences.includes('slim'))
    out.push(
      say.plain(
        'slim-audience',
        'The audience “slim”',
        'It is the one that SLIM’s own configurations use to authenticate members and nodes by JWT-SVID.',
      ),
    );
  out.push(
    say.unknown(
      'slim-unmapped',
      'SLIM channels of it are not known',
      'SLIM has no rule from a SPIFFE ID to a member: an application chooses its name (organization/namespace/application), and neither a node nor a channel manager tells which SPIFFE ID a member signed in with.',
    ),
  );
  return out;
}
