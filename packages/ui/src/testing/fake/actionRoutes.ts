import { ActionService, EntrySchema, EntryState, ItemOutcome, PlanSchema, type Plan } from '@muster/api';
import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { applyAgents, FAKE_TOKEN, planAgents } from './agentRoutes.ts';
import { serverOf } from './identity.ts';
import type { World } from './world.ts';

interface Prepared {
  plan: Plan;
  input: JsonObject;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Hints that make an entry fail: at planning, at applying, or by a broken connection. */
export const REFUSED_PLAN = 'sentinel: refuse the plan';
export const REFUSED_ITEM = 'sentinel: refuse the item';

/** Plans and applies against the fake world. `pace` is how long each item takes, in milliseconds. */
export function actionRoutes(router: ConnectRouter, world: World, pace: number): void {
  const prepared = new Map<string, Prepared>();
  router.service(ActionService, {
    plan: ({ action, input = {} }) => {
      const digest = `digest-${prepared.size}`;
      const plan = create(PlanSchema, {
        digest,
        action,
        expiresAt: timestampFromMs(Date.now() + 300_000),
        ...planOf(world, action, input),
      });
      prepared.set(digest, { plan, input });
      return { plan };
    },
    async *apply({ digest }) {
      const found = prepared.get(digest);
      if (!found) throw new ConnectError('This plan is not known; plan again.', Code.FailedPrecondition);
      const { plan, input } = found;
      const total = plan.changes.length;
      yield { done: 0, total };
      let refused = 0;
      for (const [i, change] of plan.changes.entries()) {
        await new Promise((resolve) => setTimeout(resolve, pace));
        const bad = JSON.stringify(input).includes(REFUSED_ITEM);
        if (bad) refused++;
        yield {
          done: i + 1,
          total,
          item: {
            target: change.target,
            outcome: bad ? ItemOutcome.REFUSED : ItemOutcome.DONE,
            reason: bad ? 'The server says: similar entry already exists.' : '',
            id: `new-${i}`,
            secret: plan.action === 'agent.joinToken' ? FAKE_TOKEN : '',
          },
        };
      }
      const inverseInput = refused > 0 ? undefined : carryOut(world, plan.action, input);
      world.tell({ case: 'invalidated', value: { $typeName: 'muster.v1.Invalidated', topic: 2, scope: '' } });
      yield {
        done: total,
        total,
        result: {
          recordId: 'r-new',
          done: total - refused,
          refused,
          unknown: 0,
          inverse: inverseInput ? plan.inverse : '',
          ...(inverseInput && { inverseInput }),
        },
      };
    },
    listActions: () => ({ actions: [] }),
    listRecords: ({ page }) => {
      const from = Number(page?.offset ?? 0n);
      return {
        records: world.records.slice(from, from + (page?.limit || 100)),
        total: BigInt(world.records.length),
      };
    },
    getRecord: ({ id }) => {
      const record = world.records.find((one) => one.id === id);
      if (!record) throw new ConnectError('id: there is no such record.', Code.NotFound);
      const inverseInput = { connection: 'spire-org-a', id: world.entries[0]?.id ?? '', set: { hint: '' } };
      return { record, ...(record.undoProblem ? {} : { inverseInput }) };
    },
  });
}

function planOf(world: World, action: string, input: JsonObject): MessageInitShape<typeof PlanSchema> {
  const connection = text(input['connection']);
  const about = { targetDescription: `${connection} (${connection.replace('spire-', '')}.test)` };
  if (JSON.stringify(input).includes(REFUSED_PLAN))
    throw new ConnectError('entries[0].spiffe_id: refused by a sentinel.', Code.InvalidArgument);
  if (action.startsWith('agent.') || action === 'logger.level') return planAgents(world, action, input);
  if (action === 'entry.delete') {
    const gone = world.entries.filter((entry) => texts(input['ids']).includes(entry.id));
    if (gone.length === 0)
      throw new ConnectError('ids: no such registration entry. Deleted already?', Code.NotFound);
    return {
      ...about,
      title: `Delete ${gone.length} ${gone.length === 1 ? 'entry' : 'entries'}`,
      destructive: true,
      inverse: 'entry.create',
      changes: gone.map((entry) => ({
        verb: 'delete',
        kind: 'registration entry',
        target: entry.spiffeId,
        connection,
        fields: [
          { field: 'Parent ID', before: entry.parentId, after: '' },
          {
            field: 'Selectors',
            before: entry.selectors.map(({ type, value }) => `${type}:${value}`).join(', '),
            after: '',
          },
        ],
      })),
      effects: [
        'Agents stop renewing these SVIDs at their next sync, usually within 10 seconds. SVIDs already issued stay valid until they expire.',
      ],
      warnings: gone.some((entry) => entry.admin)
        ? [
            {
              code: 'admin',
              text: 'It is an admin: whoever manages the server with it loses that.',
              severity: 3,
            },
          ]
        : [],
      commands: gone.map((entry) => ({
        tool: 'spire-server',
        line: `spire-server entry delete -entryID ${entry.id}`,
      })),
    };
  }
  if (action === 'entry.update') {
    const entry = world.entries.find((one) => one.id === input['id']);
    const set = isObject(input['set']) ? input['set'] : {};
    return {
      ...about,
      title: 'Change 1 entry',
      inverse: 'entry.update',
      changes: [
        {
          verb: 'update',
          kind: 'registration entry',
          target: entry?.spiffeId ?? '',
          connection,
          fields: Object.entries(set).map(([field, value]) => ({
            field,
            before: field === 'x509_svid_ttl' ? `${entry?.x509SvidTtl} s` : '',
            after: String(value),
          })),
        },
      ],
      effects: [
        'SVIDs of this entry are issued anew at the agents’ next sync, usually within 10 seconds; those issued before stay valid until they expire.',
      ],
      warnings: [
        {
          code: 'controller',
          text: 'A controller probably manages this entry and will set it back.',
          severity: 2,
        },
      ],
      commands: [
        { tool: 'spire-server', line: `spire-server entry update -entryID ${entry?.id} -x509SVIDTTL 1800` },
      ],
    };
  }
  if (action === 'entry.import' || action === 'entry.clone') {
    const targets =
      action === 'entry.import'
        ? text(input['text']).split('\n').slice(1).filter(Boolean)
        : texts(input['ids']).flatMap((id) =>
            (texts(input['parents']).length > 0 ? texts(input['parents']) : ['spiffe://org-a.test/host']).map(
              (parent) => `spiffe://org-a.test/copy/${id},${parent},unix:uid:1`,
            ),
          );
    return {
      ...about,
      title: `Create ${targets.length} ${targets.length === 1 ? 'entry' : 'entries'}`,
      inverse: 'entry.restore',
      resumable: true,
      counts: [{ verb: 'create', count: targets.length }],
      changes: targets.slice(0, 2000).map((line, at) => ({
        verb: 'create',
        kind: 'registration entry',
        target: line.split(',')[0] ?? '',
        connection,
        origin: `line ${at + 2}`,
        fields: [
          { field: 'Parent ID', before: '', after: line.split(',')[1] ?? '' },
          { field: 'Selectors', before: '', after: line.split(',')[2] ?? '' },
        ],
      })),
    };
  }
  if (action === 'entry.create') {
    const made = Array.isArray(input['entries']) ? input['entries'].filter(isObject) : [];
    return {
      ...about,
      title: `Create ${made.length} ${made.length === 1 ? 'entry' : 'entries'}`,
      inverse: 'entry.delete',
      changes: made.map((one) => ({
        verb: 'create',
        kind: 'registration entry',
        target: text(one['spiffe_id']),
        connection,
        fields: [
          { field: 'Parent ID', before: '', after: text(one['parent_id']) },
          { field: 'Selectors', before: '', after: texts(one['selectors']).join(', ') },
        ],
      })),
      effects: [
        'Workloads that match get the identity at their agent’s next sync, usually within 10 seconds.',
      ],
      commands: made.map((one) => ({
        tool: 'spire-server',
        line: `spire-server entry create -spiffeID ${text(one['spiffe_id'])} -parentID ${text(one['parent_id'])} ${texts(
          one['selectors'],
        )
          .map((selector) => `-selector ${selector}`)
          .join(' ')}`,
      })),
    };
  }
  return {
    targetDescription: connection,
    title: `${action.startsWith('member.remove') ? 'Remove' : 'Apply'} ${text(input['member']) || text(input['name']) || 'it'}`,
    destructive: action.endsWith('.delete') || action.endsWith('.remove'),
    changes: [
      {
        verb: action.split('.')[1] ?? '',
        kind: action.split('.')[0] ?? '',
        target: text(input['member']) || text(input['name']) || text(input['channel']),
        connection,
      },
    ],
    effects: ['The members of the channel are told at once.'],
    commands: [{ note: 'slimctl has no command for this.' }],
  };
}

/** @returns the input that undoes it */
function carryOut(world: World, action: string, input: JsonObject): JsonObject | undefined {
  applyAgents(world, action, input);
  if (action === 'entry.delete') {
    const ids = texts(input['ids']);
    const gone = world.entries.filter((entry) => ids.includes(entry.id));
    world.entries = world.entries.filter((entry) => !ids.includes(entry.id));
    return {
      connection: text(input['connection']),
      entries: gone.map((entry) => ({
        spiffe_id: entry.spiffeId,
        parent_id: entry.parentId,
        selectors: entry.selectors.map(({ type, value }) => `${type}:${value}`),
      })),
    };
  }
  if (action === 'entry.create') {
    const made = (Array.isArray(input['entries']) ? input['entries'].filter(isObject) : []).map((one, i) =>
      create(EntrySchema, {
        connection: text(input['connection']) || serverOf(text(one['spiffe_id']).split('/')[2] ?? ''),
        id: `made-${world.entries.length + i}`,
        spiffeId: text(one['spiffe_id']),
        parentId: text(one['parent_id']),
        selectors: texts(one['selectors']).map((selector) => ({
          type: selector.split(':')[0] ?? '',
          value: selector.slice(selector.indexOf(':') + 1),
        })),
        createdAt: timestampFromMs(Date.now()),
        state: EntryState.SERVED,
        stateReason: 'Its agent’s SVID is valid for 24 min more.',
      }),
    );
    world.entries = [...world.entries, ...made];
    return { connection: text(input['connection']), ids: made.map((entry) => entry.id) };
  }
  return undefined;
}
