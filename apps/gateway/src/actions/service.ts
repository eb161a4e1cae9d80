import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ActionInfoSchema,
  ActionService,
  ListActionsResponseSchema,
  PlanResponseSchema,
  StopResponseSchema,
} from '@muster/api';
import { callerKey } from '../caller.ts';
import type { Store } from '../inventory/store/client.ts';
import { pageOf } from '../views/context.ts';
import type { Engine } from './engine.ts';
import { getRecord, listRecords } from './records.ts';
import { actions } from './registry.ts';

export function actionService(engine: Engine, store: Store): Partial<ServiceImpl<typeof ActionService>> {
  const underWay = (record: string): boolean => engine.isUnderWay(record);
  return {
    async plan({ action, input }) {
      if (action.length > 64)
        throw new ConnectError('action: there is no such action.', Code.InvalidArgument);
      return create(PlanResponseSchema, { plan: await engine.plan(action, input ?? {}) });
    },

    async *apply({ digest, idempotencyKey }, context) {
      yield* engine.apply(digest, idempotencyKey, context.values.get(callerKey));
    },

    stop({ idempotencyKey }, context) {
      engine.stop(idempotencyKey, context.values.get(callerKey));
      return create(StopResponseSchema);
    },

    listActions() {
      return create(ListActionsResponseSchema, {
        actions: actions.map(({ name, title, role, inputSchema, inverse }) =>
          create(ActionInfoSchema, { name, title, role, inverse, inputSchema: JSON.stringify(inputSchema) }),
        ),
      });
    },

    listRecords({ page }) {
      const { offset, limit } = pageOf(page);
      return listRecords(store, underWay, offset, limit);
    },

    getRecord: ({ id }) => getRecord(store, underWay, id),
  };
}
