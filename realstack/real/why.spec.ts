import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type ExplainResponse, HistoryService, LintService, SvidService, WhyService } from '@muster/api';
import { readEvidence } from '@muster/domain/evidence';
import * as yaml from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

let real: RealConsole;
const made: string[] = [];
const td = 'spiffe://org-a.test';
beforeAll(async () => {
  real = await openRealConsole();
});
afterAll(async () => {
  for (const id of made) await real.spireServer(['entry', 'delete', '-entryID', id]).catch(() => '');
  await real.close();
});

/** Made with the field's own tool, and read by Muster. */
async function create(path: string, parent: string, ...selectors: string[]): Promise<string> {
  const args = ['entry', 'create', '-output', 'json', '-spiffeID', td + path, '-parentID', parent];
  const answer = JSON.parse(
    await real.spireServer([...args, ...selectors.flatMap((one) => ['-selector', one])]),
  ) as {
    results: { entry: { id: string } }[];
  };
  const id = answer.results[0]?.entry.id ?? '';
  expect(id).not.toBe('');
  made.push(id);
  // Reading it by its id brings it into the copy.
  await real.entries.getEntry({ connection: connection(), id });
  return id;
}

let known = '';
function connection(): string {
  return known;
}
beforeAll(async () => {
  const { connections } = await real.connections.listConnections({});
  known = connections.find((one) => one.trustDomain === 'org-a.test' && one.kind === 1)?.name ?? '';
  if (known === '')
    known =
      connections.find(
        ({ trustDomain, address }) => trustDomain === 'org-a.test' && address.includes('server'),
      )?.name ?? '';
  expect(known).not.toBe('');
});

/** This process as the unix attestor sees it. */
async function mine(): Promise<{ type: string; value: string }[]> {
  const read = await readEvidence(readFileSync('/proc/self/status', 'utf8'), {
    yaml: () => Promise.resolve(yaml),
  });
  if (!read.ok) throw new Error(read.problem.message);
  return [
    ...(read.value.workloads[0]?.selectors ?? []),
    { type: 'unix', value: `user:${userInfo().username}` },
  ].map(({ type, value }) => ({ type, value }));
}
const ask = async (more: object = {}): Promise<ExplainResponse> =>
  real.client(WhyService).explain({ connection: connection(), selectors: await mine(), ...more });
const of = (answer: ExplainResponse, path: string) =>
  answer.candidates.find(({ entry }) => entry?.spiffeId === td + path);

describe('why, on a real server', () => {
  it('reads this process’s selectors as the real attestor makes them', async () => {
    const texts = (await mine()).map(({ type, value }) => `${type}:${value}`);
    expect(texts).toContain(`unix:uid:${process.getuid?.()}`);
    expect(texts).toContain(`unix:gid:${process.getgid?.()}`);
  });

  it('tells a miss by case, an orphan, and a key that no attestor makes', async () => {
    const user = userInfo().username;
    await create('/why/case', real.stack.orgA.nodeId, `unix:user:${user.toUpperCase()}`, 'unix:gid:987654');
    await create('/why/orphan', `${td}/why/nobody`, `unix:uid:${process.getuid?.()}`);
    await create('/why/typo', real.stack.orgA.nodeId, `unix:user_name:${user}`);
    const answer = await ask();
    expect(of(answer, '/why/orphan')).toMatchObject({ matches: true, issued: false });
    const typo = of(await ask({ expectedId: `${td}/why/typo` }), '/why/typo');
    expect(typo?.selectors[0]?.text).toMatch(/makes no such key/u);
    const odd = of(await ask({ expectedId: `${td}/why/case` }), '/why/case');
    expect(odd?.selectors.map(({ wanted, verdict }) => [wanted?.value.split(':')[0], verdict])).toEqual(
      expect.arrayContaining([
        ['user', 4],
        ['gid', 3],
      ]),
    );
    const lint = await eventually(60, async () => {
      const found = await real
        .client(LintService)
        .listFindings({ trustDomains: ['org-a.test'], page: { limit: 1000 } });
      return found.findings.some((one) => one.target === `${td}/why/orphan`) && found;
    });
    const about = (path: string) =>
      lint.findings.filter((one) => one.target === td + path).map(({ code }) => code);
    expect(about('/why/orphan')).toContain('orphan');
    expect(about('/why/typo')).toContain('unknown-selector');
  });

  it('proposes an entry that the real Workload API then issues', async () => {
    const path = '/why/proposed';
    const { agents } = JSON.parse(await real.spireServer(['agent', 'list', '-output', 'json'])) as {
      agents: { id: { trust_domain: string; path: string } }[];
    };
    const [agent] = agents;
    const agentId = `spiffe://${agent?.id.trust_domain}${agent?.id.path}`;
    const before = await ask({ expectedId: td + path, agentId });
    expect(of(before, path)).toBeUndefined();
    const link = before.advice.find(({ code }) => code === 'create-entry')?.link ?? '';
    expect(link).toMatch(/^\/entries\/new\?/u);
    const params = new URLSearchParams(link.split('?')[1]);
    const { ids } = await real.act('entry.create', {
      connection: connection(),
      entries: [
        {
          spiffe_id: params.get('spiffeId') ?? '',
          parent_id: params.get('parent') ?? '',
          selectors: (params.get('selectors') ?? '').split('\n'),
        },
      ],
    });
    made.push(...ids);
    const after = await ask({ expectedId: td + path, agentId });
    expect(of(after, path)).toMatchObject({ matches: true, issued: true });
    const svid = await eventually(40, async () => {
      const { svids } = await real.client(SvidService).listSvids({});
      return svids.find((one) => one.spiffeId === td + path);
    });
    expect(svid.spiffeId).toBe(td + path);
    const { changes } = await real.client(HistoryService).listChanges({ target: ids[0] ?? '' });
    expect(changes[0]?.origin).toMatch(/^Done from here/u);
  });
});
