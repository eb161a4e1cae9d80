import {
  ChainStepKind,
  ChangeKind,
  ChangeVerb,
  HistoryService,
  LintService,
  SelectorVerdict,
  Severity,
  WhyService,
} from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import type { World } from './world.ts';

const now = Date.now();

/** Why, health and history. A selector `refuse:me` is refused. */
export function healthRoutes(router: ConnectRouter, world: World): void {
  router.service(WhyService, {
    explain: (request) => {
      if (request.selectors.some(({ type }) => type === 'refuse'))
        throw new ConnectError('selectors[0]: its type has a colon.', Code.InvalidArgument);
      const [entry] = world.entries;
      const has = request.selectors.map(({ type, value }) => `${type}:${value}`);
      const wanted = { type: 'docker', value: 'label:app:trainer' };
      const matches = has.includes('docker:label:app:trainer');
      return {
        verdict: matches ? `It gets ${entry?.spiffeId}.` : `No entry matches. Asked with ${has.join(' ')}.`,
        hasIdentity: matches,
        matching: matches ? 1n : 0n,
        candidates: [
          {
            ...(entry ? { entry } : {}),
            matches,
            issued: matches,
            verdict: 'Its one selector was looked at.',
            selectors: [
              matches
                ? { wanted, verdict: SelectorVerdict.MATCHES }
                : {
                    wanted,
                    verdict: SelectorVerdict.CASE_DIFFERS,
                    has: 'docker:label:app:Trainer',
                    text: 'It differs by case.',
                  },
            ],
            chain: [
              {
                id: 'spiffe://org-a.test/spire/agent/a',
                kind: ChainStepKind.AGENT,
                ok: true,
                text: 'An attested agent.',
              },
            ],
          },
        ],
        advice: matches
          ? []
          : [
              {
                code: 'create-entry',
                title: 'Make an entry for it',
                text: 'One for each host.',
                snippet: 'docker run \\\n  --label app=trainer',
                link: '/entries/new?connection=spire-org-a&selectors=docker:label:app:Trainer',
                linkText: 'New entry…',
              },
              {
                code: 'evil',
                title: 'Leave',
                text: 'A link that is none.',
                link: 'https://evil.example/',
                linkText: 'Evil',
              },
            ],
        freshness: { asOf: timestampFromMs(now) },
      };
    },
  });
  router.service(LintService, {
    listFindings: ({ code }) => {
      const all = ['orphan', 'admin'].map((one, index) => ({
        code: one,
        severity: index === 0 ? Severity.DANGER : Severity.WARNING,
        connection: 'spire-org-a',
        target: `spiffe://org-a.test/${one}`,
        entryId: `id-${one}`,
        text: `Why ${one} was found.`,
        remedy: `Mend ${one}.`,
        link: `/entries?id=spire-org-a/id-${one}`,
      }));
      const findings = all.filter((one) => code === '' || one.code === code);
      return {
        groups: all.map((one) => ({
          code: one.code,
          severity: one.severity,
          title: `Title of ${one.code}`,
          why: `${one.code} matters.`,
          remedy: one.remedy,
          count: 1n,
          listed: 1n,
        })),
        clean: [
          { code: 'similar', title: 'Twins', why: 'Twins matter.', remedy: 'None.', severity: Severity.INFO },
        ],
        findings,
        total: BigInt(findings.length),
        conventions: ['org-a.test: SPIFFE IDs have the form /ns/*/sa/*'],
        progress: { examined: 12n, of: 12n, finishedAt: timestampFromMs(now) },
        freshness: { asOf: timestampFromMs(now) },
      };
    },
  });
  router.service(HistoryService, {
    listChanges: ({ search, verb, target }) => {
      const all = [
        {
          id: 2n,
          connection: 'spire-org-a',
          kind: ChangeKind.ENTRY,
          verb: ChangeVerb.CHANGED,
          target: 'spiffe://org-a.test/changed',
          entryId: 'id-changed',
          seenAt: timestampFromMs(now - 60_000),
          notBefore: timestampFromMs(now - 90_000),
          fields: [{ field: 'Hint', before: 'old', after: '=cmd()' }],
          origin: 'Made elsewhere.',
        },
        {
          id: 1n,
          connection: 'spire-org-a',
          kind: ChangeKind.AGENT,
          verb: ChangeVerb.REMOVED,
          target: 'spiffe://org-a.test/spire/agent/gone',
          seenAt: timestampFromMs(now - 120_000),
          notBefore: timestampFromMs(now - 120_000),
          recordId: 'record-1',
          recordTitle: 'Evict an agent',
          origin: 'Done from here: Evict an agent.',
        },
      ].filter(
        (one) =>
          one.target.includes(search) &&
          (verb === 0 || one.verb === verb) &&
          (target === '' || one.target === target),
      );
      return { changes: all, total: BigInt(all.length), keptSince: timestampFromMs(now - 86_400_000) };
    },
  });
}
