import { Code } from '@connectrpc/connect';
import {
  AuthorityKind,
  AuthoritySlot,
  GateVerdict,
  ItemOutcome,
  StepState,
  TrustDomainService,
} from '@muster/api';
import type { AuthoritySet } from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;

beforeEach(async () => {
  spire = await startSpire({ entries: 20 });
  harness = await startHarness(spire.connections);
  await harness.console.ready;
  await until(listSets, (sets) => sets.length === 4 && sets.every(({ problem }) => problem === ''));
});
afterEach(async () => {
  await harness.console.close();
  await spire.stop();
});

async function listSets(): Promise<AuthoritySet[]> {
  return (await harness.client(TrustDomainService).listAuthorities({})).sets;
}

const kinds = { x509: AuthorityKind.X509, jwt: AuthorityKind.JWT } as const;

async function setOf(kind: keyof typeof kinds): Promise<AuthoritySet> {
  const set = (await listSets()).find((one) => one.connection === 'harbor' && one.kind === kinds[kind]);
  if (!set) throw new Error('no such set');
  return set;
}

const inSlot = (set: AuthoritySet, slot: AuthoritySlot) => set.authorities.find((one) => one.slot === slot);
const stepOf = (set: AuthoritySet, verb: string) => {
  const step = set.steps.find(({ action }) => action === `authority.${verb}`);
  if (!step) throw new Error(`no step ${verb}`);
  return step;
};
const states = (set: AuthoritySet) => set.steps.map(({ state }) => StepState[state]);

async function act(action: string, input: Record<string, string | boolean>) {
  const plan = await harness.plan(action, input);
  const { items, result } = await harness.apply(plan.digest);
  expect(items.map(({ outcome, reason }) => [outcome, reason])).toEqual([[ItemOutcome.DONE, '']]);
  expect(result).toMatchObject({ done: 1, inverse: '' });
  return { plan, id: items[0]?.id ?? '' };
}

const refused = (action: string, input: Record<string, string | boolean>) =>
  harness.plan(action, input).then(
    () => 'planned',
    (error: { code: Code; rawMessage: string }) => `${Code[error.code]} ${error.rawMessage}`,
  );

describe.each(['x509', 'jwt'] as const)('%s authorities', { timeout: 60_000 }, (kind) => {
  const at = (id?: string) => ({ connection: 'harbor', kind, ...(id === undefined ? {} : { id }) });

  it('are rotated: prepared, activated, tainted, revoked, and each look says where that stands', async () => {
    const before = await setOf(kind);
    const first = inSlot(before, AuthoritySlot.ACTIVE)?.id ?? '';
    expect(states(before)).toEqual(['NEXT', 'LATER', 'LATER', 'LATER']);
    expect(stepOf(before, 'activate')).toMatchObject({ possible: false, inputJson: '' });

    const prepared = await act('authority.prepare', at());
    expect(prepared.plan).toMatchObject({ destructive: false, inverse: '' });
    expect(prepared.plan.commands[0]?.line).toMatch(
      new RegExp(`^spire-server localauthority ${kind} prepare -socketPath /`),
    );
    const ready = await setOf(kind);
    expect(inSlot(ready, AuthoritySlot.PREPARED)).toMatchObject({ id: prepared.id, inBundle: true });
    expect(states(ready)).toEqual(['DONE', 'NEXT', 'LATER', 'LATER']);

    // The input that the view gives is the one that the action takes.
    const activate = stepOf(ready, 'activate');
    expect(activate.possible).toBe(true);
    await act('authority.activate', JSON.parse(activate.inputJson) as Record<string, string>);
    const active = await setOf(kind);
    expect(inSlot(active, AuthoritySlot.ACTIVE)?.id).toBe(prepared.id);
    expect(inSlot(active, AuthoritySlot.OLD)).toMatchObject({ id: first, inBundle: true, tainted: false });
    expect(active.oldUse?.id).toBe(first);
    expect(states(active)).toEqual(['DONE', 'DONE', 'NEXT', 'LATER']);
    expect(stepOf(active, 'revoke').gates[0]).toMatchObject({ verdict: GateVerdict.CLOSED });

    const tainted = await act('authority.taint', at(first));
    expect(tainted.plan).toMatchObject({ destructive: true });
    expect(tainted.plan.commands[0]?.line).toContain(`taint -socketPath`);
    expect(tainted.plan.commands[0]?.line).toContain(`-authorityID ${first}`);
    expect(inSlot(await setOf(kind), AuthoritySlot.OLD)).toMatchObject({ tainted: true, inBundle: true });

    await act('authority.revoke', at(first));
    const gone = await setOf(kind);
    expect(inSlot(gone, AuthoritySlot.OLD)).toMatchObject({ id: first, inBundle: false });
    expect(states(gone)).toEqual(['DONE', 'DONE', 'DONE', 'DONE']);
    expect(gone.oldUse).toBeUndefined();
    expect(stepOf(gone, 'prepare').possible).toBe(true);
  });

  it('refuse a step out of turn in the plan, before anything is sent', async () => {
    const first = inSlot(await setOf(kind), AuthoritySlot.ACTIVE)?.id ?? '';
    expect(await refused('authority.activate', at('00'))).toMatch(
      /^FailedPrecondition harbor: No authority is prepared/,
    );
    expect(await refused('authority.activate', at(first))).toMatch(
      /^InvalidArgument id: .* active .* already/,
    );
    expect(await refused('authority.taint', at(first))).toMatch(/^InvalidArgument id: .* is the active /);
    expect(await refused('authority.revoke', at(first))).toMatch(/^InvalidArgument id: .* is the active /);
    expect(await refused('authority.revoke', at('00'))).toMatch(
      /^FailedPrecondition harbor: There is no old /,
    );
    const { id } = await act('authority.prepare', at());
    expect(await refused('authority.taint', at(id))).toMatch(/^InvalidArgument id: .* is prepared only/);
    expect(await refused('authority.activate', at('00ff'))).toMatch(
      /^InvalidArgument id: the prepared .* is /,
    );
    await act('authority.activate', at(id));
    expect(await refused('authority.activate', at(id))).toMatch(/active .* already/);
    expect(await refused('authority.activate', at(first))).toMatch(/is the old /);
    expect(await refused('authority.revoke', at(first))).toMatch(
      /is not tainted\. SPIRE revokes tainted authorities only/,
    );
    expect(await refused('authority.taint', at('00ff'))).toMatch(/the old .* is .*that one only/);
    await act('authority.taint', at(first));
    expect(await refused('authority.taint', at(first))).toMatch(/is tainted already/);
    await act('authority.revoke', at(first));
    expect(await refused('authority.revoke', at(first))).toMatch(/has left the bundle already/);
  });

  it('are not prepared twice, unless a person insists, and then it is said what becomes of the first', async () => {
    const { id: orphan } = await act('authority.prepare', at());
    expect(await refused('authority.prepare', at())).toMatch(
      /is prepared already\. Preparing again would take its slot/,
    );
    const step = stepOf(await setOf(kind), 'prepare');
    expect(step).toMatchObject({ possible: false, inputJson: '' });
    const insisted = JSON.parse(step.insistJson) as Record<string, string | boolean>;
    const { plan, id } = await act('authority.prepare', insisted);
    expect(plan.destructive).toBe(true);
    expect(plan.warnings.map(({ code }) => code)).toContain('orphan');
    const set = await setOf(kind);
    expect(inSlot(set, AuthoritySlot.PREPARED)?.id).toBe(id);
    const left = set.authorities.find((one) => one.id === orphan);
    expect(left).toMatchObject({ slot: AuthoritySlot.BUNDLE_ONLY, inBundle: true });
    expect(left?.note).toMatch(/preparing twice/);
  });

  it('do not prepare over a tainted old one, which could then never be revoked', async () => {
    const first = inSlot(await setOf(kind), AuthoritySlot.ACTIVE)?.id ?? '';
    const { id } = await act('authority.prepare', at());
    await act('authority.activate', at(id));
    const untainted = await harness.plan('authority.prepare', at());
    expect(untainted.warnings.map(({ text }) => text).join()).toMatch(/can be neither tainted nor revoked/);
    await act('authority.taint', at(first));
    expect(await refused('authority.prepare', at())).toMatch(
      /is tainted and not revoked\. .*Revoke it first/,
    );
  });
});

it('S-27: a plan that somebody overtook is refused, and nothing is sent', async () => {
  const plan = await harness.plan('authority.prepare', { connection: 'harbor', kind: 'x509' });
  // Another plan, though it does the same: one plan is applied once.
  await act('authority.prepare', { connection: 'harbor', kind: 'x509', abandon: true });
  await expect(harness.apply(plan.digest)).rejects.toThrow(
    /the prepared X\.509 authority is .* now, it was none/,
  );
  expect((await setOf('x509')).authorities).toHaveLength(2);
});

it('needs the role administrator', async () => {
  const plan = await harness.plan('authority.prepare', { connection: 'harbor', kind: 'jwt' });
  harness.caller.role = 'operator';
  await expect(harness.apply(plan.digest)).rejects.toThrow(/role administrator is needed/);
});

it('names the field of bad input and changes nothing', async () => {
  const at = { connection: 'harbor', kind: 'x509' };
  expect(await refused('authority.prepare', { kind: 'x509' })).toMatch(/connection: this field is needed/);
  expect(await refused('authority.prepare', { connection: 'harbor' })).toMatch(/kind: this field is needed/);
  expect(await refused('authority.prepare', { ...at, kind: 'wit' })).toMatch(/^InvalidArgument kind: /);
  expect(await refused('authority.prepare', { ...at, connection: 'nowhere' })).toMatch(
    /connection: there is no SPIRE server of this name/,
  );
  expect(await refused('authority.prepare', { ...at, id: 'aa' })).toMatch(/id: there is no such field/);
  expect(await refused('authority.activate', at)).toMatch(/id: this field is needed/);
  expect(await refused('authority.taint', { ...at, id: '' })).toMatch(/id: this field may not be empty/);
  expect(await refused('authority.revoke', { ...at, id: 'a'.repeat(300) })).toMatch(/id: at most 256/);
  expect(await refused('authority.taintUpstream', { connection: 'harbor', subjectKeyId: 'not hex' })).toMatch(
    /subjectKeyId: /,
  );
  expect(await refused('authority.taintUpstream', { connection: 'harbor', subjectKeyId: 'ab12' })).toMatch(
    /connection: harbor has no upstream authority/,
  );
  expect((await setOf('x509')).authorities).toHaveLength(1);
});

it('counts the SVIDs seen live on the Workload API by the key that signed them', async () => {
  const first = inSlot(await setOf('x509'), AuthoritySlot.ACTIVE);
  const many = await until(
    async () => inSlot(await setOf('x509'), AuthoritySlot.ACTIVE)?.svids ?? 0n,
    (svids) => svids > 0n,
  );
  const { id } = await act('authority.prepare', { connection: 'harbor', kind: 'x509' });
  // Federated servers and the Workload API have it too, before it is activated.
  await until(
    async () => stepOf(await setOf('x509'), 'activate'),
    (step) => step.safe,
  );
  await act('authority.activate', { connection: 'harbor', kind: 'x509', id });
  const use = (await setOf('x509')).oldUse;
  expect(use).toMatchObject({ id: first?.id, svids: many, svidsOnOld: many });
  expect(use?.activatedAfter).toBeDefined();
  expect(stepOf(await setOf('x509'), 'taint').possible).toBe(true);
  await act('authority.taint', { connection: 'harbor', kind: 'x509', id: first?.id ?? '' });
  await until(
    async () => (await setOf('x509')).oldUse?.svidsOnOld,
    (on) => on === 0n,
  );
});

it('says why the authorities of a server that is gone are not there', async () => {
  await spire.stop();
  const sets = await until(listSets, (all) => all.every(({ problem }) => problem !== ''));
  expect(sets).toHaveLength(4);
  expect(sets[0]?.steps).toEqual([]);
});
