import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { ActionService, ApplyProgressSchema, signedTransport } from '@muster/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closedErrors } from '../upstream/closed-errors.ts';
import { type Front, startFront } from '../testing/front.ts';

let front: Front;
beforeAll(async () => {
  front = await startFront((router) =>
    router.service(
      ActionService,
      closedErrors({
        async *apply({ digest }: { digest: string }) {
          yield create(ApplyProgressSchema, { total: 2 });
          if (digest === 'refused') throw new ConnectError('It changed since.', Code.FailedPrecondition);
          throw new TypeError('canary-of-the-inside');
        },
      }),
    ),
  );
});
afterAll(() => front.close());

async function apply(digest: string): Promise<{ seen: number; error: ConnectError }> {
  const client = createClient(ActionService, signedTransport(front.origin, await front.signIn()));
  let seen = 0;
  try {
    for await (const { total } of client.apply({ digest })) seen += total;
  } catch (error) {
    return { seen, error: ConnectError.from(error) };
  }
  throw new Error('it did not fail');
}

it('S-40: what fails in the middle of a stream is answered by a number, and logged under it', async () => {
  const { seen, error } = await apply('');
  expect(seen).toBe(2);
  expect(error.code).toBe(Code.Internal);
  const id = /[0-9a-f-]{36}/u.exec(error.message)?.[0] ?? 'none';
  const logged = front.logged.filter((line) => line.includes(id));
  expect(logged).toHaveLength(1);
  expect(JSON.parse(logged[0] ?? '')).toMatchObject({ event: 'rpc-failed', error: 'TypeError' });
  expect(`${error.message}${front.logged.join('')}`).not.toContain('canary');
});

it('a refusal in the middle of a stream says what it is, and is no failure of ours', async () => {
  const before = front.logged.length;
  const { error } = await apply('refused');
  expect([error.code, error.rawMessage]).toEqual([Code.FailedPrecondition, 'It changed since.']);
  expect(front.logged).toHaveLength(before);
});
