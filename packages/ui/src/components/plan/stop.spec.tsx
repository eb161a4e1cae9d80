// @vitest-environment jsdom
import { ActionService, ItemOutcome, PlanSchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { createRouterTransport } from '@connectrpc/connect';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderWith } from '../../testing/renderConsole.tsx';
import { Toast } from '../Toast.tsx';
import { PlanReview } from './PlanReview.tsx';

prepareDom();

/** Invites one, and the next for as long as nobody stops it. */
function invitations(stoppable: boolean) {
  const stopped = Promise.withResolvers<string>();
  const transport = createRouterTransport((router) =>
    router.service(ActionService, {
      plan: () => ({
        plan: create(PlanSchema, {
          digest: 'd',
          title: 'Invite 2 members',
          changes: [{ target: 'a' }, { target: 'b' }],
          expiresAt: timestampFromMs(Date.now() + 300_000),
          resumable: true,
          stoppable,
        }),
      }),
      async *apply() {
        yield { done: 1, total: 2, item: { target: 'a', outcome: ItemOutcome.DONE } };
        await stopped.promise;
        const reason = 'Not sent: it was stopped before.';
        yield { done: 2, total: 2, item: { target: 'b', outcome: ItemOutcome.SKIPPED, reason } };
        yield { done: 2, total: 2, result: { recordId: 'r', done: 1, refused: 1 } };
      },
      stop({ idempotencyKey }) {
        stopped.resolve(idempotencyKey);
        return {};
      },
    }),
  );
  const left = vi.fn();
  renderWith(
    <>
      <PlanReview action="member.invite" input={{}} onDone={vi.fn()} onCancel={vi.fn()} onLeave={left} />
      <Toast />
    </>,
    transport,
  );
  return { stopped, left };
}

const apply = async () => {
  const button = await screen.findByRole('button', { name: 'Invite 2 members' });
  await waitFor(() => expect(button.dataset['armed']).toBe('true'));
  fireEvent.click(button);
};

it('stops what is being applied, says what was left, and offers to go on', async () => {
  const { stopped } = invitations(true);
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
  await apply();
  const stop = await screen.findByRole('button', { name: 'Stop' });
  fireEvent.click(stop);
  expect(await stopped.promise).toMatch(/^[0-9a-f]{32}$/u);
  expect(await screen.findByText('Not sent: it was stopped before.')).toBeTruthy();
  expect(screen.getByText(/^It was stopped\. Go on applies the same plan again/u)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Go on' })).toBeTruthy();
});

it('offers no stop where the plan is over in one piece', async () => {
  invitations(false);
  await apply();
  await screen.findByText('Applying: 1 of 2');
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
});

it('what takes long can be left to the gateway, and is told in passing how it ended', async () => {
  const { stopped, left } = invitations(false);
  await apply();
  await screen.findByText('Applying: 1 of 2');
  expect(screen.getByRole('button', { name: 'Cancel' }).getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(await screen.findByRole('button', { name: 'Leave it running' }, { timeout: 5000 }));
  expect(left).toHaveBeenCalledOnce();
  stopped.resolve('');
  expect(
    await screen.findByText('Invite 2 members: 1 done, 1 refused. Activity shows it.', { exact: false }),
  ).toBeTruthy();
});
