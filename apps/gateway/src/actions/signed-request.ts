import {
  mostRequestSeconds,
  readSignedCreate,
  readSignedDelete,
} from '../upstream/channel-manager/signed-request.ts';
import type { SignedCreate, SignedDelete } from '../upstream/channel-manager/signed-request.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { badInput } from './action.ts';

const field = 'signed_request';

export const signedRequestField = {
  type: 'string',
  minLength: 1,
  maxLength: 16_384,
  description:
    'Channel managers from 3.3 on only: a request that was signed elsewhere, as slimctl --signed-request-file takes it. It says all there is to say.',
} as const;

/** What a request to create that was signed elsewhere says; one that would be refused is not sent. */
export function signedCreate(
  text: string,
  name: string,
  connection: ChannelManagerConnection,
  now: Date,
): SignedCreate {
  const request = checked(readSignedCreate(text), name, connection, now);
  if (!request.signedBy(request.owner))
    throw badInput(field, 'it is not signed by the owner that it names, or was changed since.');
  return request;
}

/** As `signedCreate`. Whose signature it is shows only of the owner's: an operator of the manager may have signed it. */
export function signedDelete(
  text: string,
  channel: { name: string; owner: string },
  connection: ChannelManagerConnection,
  now: Date,
): SignedDelete & { byOwner: boolean } {
  const request = checked(readSignedDelete(text), channel.name, connection, now);
  return { ...request, byOwner: channel.owner !== '' && request.signedBy(channel.owner) };
}

function checked<T extends SignedDelete>(
  request: T | string,
  name: string,
  connection: ChannelManagerConnection,
  now: Date,
): T {
  if (connection.unsigned !== '') throw badInput(field, connection.unsigned);
  if (typeof request === 'string') throw badInput(field, request);
  const { audience } = connection.config;
  if (request.channel !== name) throw badInput(field, `it is for another channel: ${request.channel}.`);
  if (audience !== undefined && request.audience !== audience)
    throw badInput(field, `it is for another manager: ${request.audience}, not ${audience}.`);
  if (request.notAfter <= now)
    throw badInput(field, `it expired at ${request.notAfter.toISOString()}. It has to be signed anew.`);
  if (request.notAfter.getTime() > now.getTime() + mostRequestSeconds * 1000)
    throw badInput(
      field,
      `it is good until ${request.notAfter.toISOString()}: a manager takes none for longer than a day.`,
    );
  return request;
}
