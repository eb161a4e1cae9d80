import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ActionInfoSchema,
  ActionRecordSchema,
  ActionService,
  ListActionsResponseSchema,
  ListRecordsResponseSchema,
  PlanResponseSchema,
} from '@muster/api';
import { callerKey } from '../caller.ts';
import type { Store } from '../inventory/store/client.ts';
import { pageOf } from '../views/context.ts';
import type { Engine } from './engine.ts';
import { actions } from './registry.ts';

export function actionService(engine: Engine, store: Store): Partial<ServiceImpl<typeof ActionService>> {
  return {
    async plan({ action, input }) {
      if (action.length > 64)
        throw new ConnectError('action: there is no such action.', Code.InvalidArgument);
      return create(PlanResponseSchema, { plan: await engine.plan(action, input ?? {}) });
    },

    async *apply({ digest, idempotencyKey }, context) {
      yield* engine.apply(digest, idempotencyKey, context.values.get(callerKey));
    },

    listActions() {
      return create(ListActionsResponseSchema, {
        actions: actions.map(({ name, title, role, inputSchema, inverse }) =>
          create(ActionInfoSchema, { name, title, role, inverse, inputSchema: JSON.stringify(inputSchema) }),
        ),
      });
    },

    async listRecords({ page }) {
      const { offset, limit } = pageOf(page);
      const { records, total } = await store.listRecords(offset, limit);
      return create(ListRecordsResponseSchema, {
        records: records.map(({ record, startedAt, ...line }) =>
          create(ActionRecordSchema, {
            id: record,
            at: timestampFromDate(new Date(startedAt)),
            action: line.action,
            title: line.title,
            session: line.session,
            client: line.client,
            state: line.state,
            detail: line.detail,
            digest: line.digest,
          }),
        ),
        total: BigInt(total),
      });
    },
  };
}
