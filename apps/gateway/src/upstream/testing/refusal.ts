import { ConnectError } from '@connectrpc/connect';

/** What a call was refused with. @throws where it was not refused, or failed in another way */
export async function refusal(work: Promise<unknown>): Promise<ConnectError> {
  const error = await work.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof ConnectError) return error;
  throw error;
}

export const refusalText = async (work: Promise<unknown>): Promise<string> =>
  (await refusal(work)).rawMessage;
