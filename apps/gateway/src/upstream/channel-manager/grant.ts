import { readSignedJson, textOf } from './signed-json.ts';

/** What an owner allowed, as read from the JSON that it signed. */
export interface Grant {
  channel: string;
  invitee: string;
  action: 'add' | 'delete';
  notAfter: Date;
  /** Did this owner sign it, as it stands here? */
  signedBy: (did: string) => boolean;
}

/** Reads a grant; a text says what is wrong with it. */
export function readGrant(text: string): Grant | string {
  const read = readSignedJson(text, 'grant', ['channel', 'invitee', 'action', 'role']);
  if (typeof read === 'string') return read;
  const { of, notAfter, signed } = read;
  const action = of.get('action');
  if (action !== 'add' && action !== 'delete') return 'its action is neither add nor delete.';
  const [channel, invitee, role] = [textOf(of, 'channel'), textOf(of, 'invitee'), textOf(of, 'role')];
  return {
    ...{ channel, invitee, action, notAfter },
    signedBy: signed(['SLIM-CHANNEL-GRANT/1', channel, invitee, action, role]),
  };
}
