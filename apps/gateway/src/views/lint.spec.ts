import { Code, ConnectError } from '@connectrpc/connect';
import { AgentService, LintService } from '@muster/api';
import type { ListFindingsResponse } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
const td = 'spiffe://harbor.example';
const lint = (request: object = {}) =>
  harness
    .client(LintService)
    .listFindings({ trustDomains: ['harbor.example'], page: { limit: 1000 }, ...request });
/** Once every entry has been looked at as it is now. */
const settled = (): Promise<ListFindingsResponse> =>
  until(lint, ({ progress }) => progress?.outdated === false && !progress.running, 20_000);
const count = (response: ListFindingsResponse, code: string) =>
  Number(response.groups.find((group) => group.code === code)?.count ?? 0);

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections);
  await harness.console.ready;
});
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

describe('findings', () => {
  it('follow what is made and what is mended', async () => {
    const before = await settled();
    const { agents } = await harness.client(AgentService).listAgents({ trustDomains: ['harbor.example'] });
    const parent =
      agents.find((one) => !one.banned && Number(one.expiresAt?.seconds) > Date.now() / 1000)?.id ?? '';
    const entry = (name: string, more: object) => ({
      spiffe_id: `${td}/lint/${name}`,
      parent_id: parent,
      selectors: [`docker:label:lint:${name}`],
      ...more,
    });
    const plan = await harness.plan('entry.create', {
      connection: 'harbor',
      entries: [
        entry('typo', { selectors: ['k8s:pod_name:lint'] }),
        entry('orphan', { parent_id: `${td}/lint/nobody` }),
        entry('twin-a', { selectors: ['docker:label:twin:1', 'docker:label:twin:2'], hint: 'same' }),
        entry('twin-b', { selectors: ['docker:label:twin:2', 'docker:label:twin:1'], hint: 'same' }),
        entry('node', { selectors: ['k8s_psat:cluster:lint'] }),
        entry('wide', { selectors: ['k8s:ns:lint'] }),
        entry('long', { x509_svid_ttl: 2_000_000_000 }),
      ],
    });
    const { result } = await harness.apply(plan.digest);
    expect(result.done).toBe(7);
    const after = await settled();
    for (const [code, more] of [
      ['unknown-selector', 1],
      ['orphan', 1],
      ['duplicate', 2],
      ['hint-twice', 2],
      ['node-selector', 1],
      ['broad-selectors', 1],
      ['ttl-beyond-authority', 1],
    ] as const)
      expect(count(after, code), code).toBe(count(before, code) + more);
    const typo = after.findings.find(
      ({ code, target }) => code === 'unknown-selector' && target === `${td}/lint/typo`,
    );
    expect(typo?.text).toContain('k8s:pod-name:lint may be meant');
    expect(typo?.link).toMatch(/^\/entries\?id=harbor%2F/u);
    const twin = after.findings.find(
      ({ code, target }) => code === 'duplicate' && target === `${td}/lint/twin-a`,
    );
    expect(twin?.text).toContain(`${td}/lint/twin-b`);

    const undo = await harness.plan('entry.delete', result.inverseInput as never);
    await harness.apply(undo.digest);
    const mended = await settled();
    expect(count(mended, 'unknown-selector')).toBe(count(before, 'unknown-selector'));
  });

  it('are paged in one order, code by code', async () => {
    const all = await lint();
    expect(BigInt(all.findings.length)).toBe(all.total);
    const pieces = [];
    for (let offset = 0n; offset < all.total; offset += 7n)
      pieces.push(...(await lint({ page: { offset, limit: 7 } })).findings);
    expect(pieces.map(({ code, target }) => `${code} ${target}`)).toEqual(
      all.findings.map(({ code, target }) => `${code} ${target}`),
    );
    const one = await lint({ code: all.groups[0]?.code });
    expect(BigInt(one.findings.length)).toBe(all.groups[0]?.count);
    expect(new Set(one.findings.map(({ code }) => code)).size).toBe(1);
  });

  it('tell what was looked for and not found, and refuse a kind that is none', async () => {
    const all = await lint();
    expect(all.clean.every((group) => group.count === 0n)).toBe(true);
    expect(all.groups.length + all.clean.length).toBe(17);
    const error = await lint({ code: 'nonsense' }).catch((reason: unknown) => reason);
    expect(error instanceof ConnectError && error.code).toBe(Code.InvalidArgument);
  });

  it('of several servers come together', async () => {
    const [one, two, both] = await Promise.all([
      lint(),
      lint({ trustDomains: ['lighthouse.example'] }),
      lint({ trustDomains: [] }),
    ]);
    expect(both.total).toBe(one.total + two.total);
  });
});
