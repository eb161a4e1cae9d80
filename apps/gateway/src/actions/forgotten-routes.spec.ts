import { describe, expect, it } from 'vitest';
import type { ActionContext } from './action.ts';
import { forgottenRoutes } from './forgotten-routes.ts';

const network = (...statuses: string[]): ActionContext =>
  ({ networks: { all: [{ nodes: statuses.map((status) => ({ status })) }] } }) as unknown as ActionContext;

describe('forgottenRoutes', () => {
  it('warns where members may be on another node that is connected', () => {
    expect(forgottenRoutes(network('connected', 'connected'))).toMatchObject([{ code: 'forgotten-routes' }]);
  });
  it.each([[[]], [['connected']], [['connected', 'not-connected']]])('says nothing of %j', (statuses) => {
    expect(forgottenRoutes(network(...statuses))).toEqual([]);
  });
});
