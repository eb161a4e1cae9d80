import { CallError } from '@muster/practice/slim/ipc';
import { PERMANENT } from '@muster/practice/slim/supervise';

export type ModeratorErrorCode = keyof typeof SENTENCES;

/** The sentences for people, in one table; `{}` is what the error is about. */
const SENTENCES = {
  'not-ready': 'The moderator is not connected: {}',
  'no-channel': 'The moderator runs no channel named {}.',
  'channel-exists': 'The moderator already runs a channel named {}.',
  'invalid-name': '{} is not a SLIM name of three parts, organization/namespace/application.',
  'nobody-answers':
    'Nobody answers at {}. The name may be misspelt, the application may not be running, or the node has no route to it.',
  'maybe-half-joined':
    '{} does not answer. This session was interrupted before: a member that was being invited at that moment has half joined, and hears no further invitation of this session, however long one waits (SLIM 3.4). Restart it, and invite it again; where that cannot be done, delete the channel and create it anew. Or it does not run, its name is misspelt, or the node has no route to it.',
  'maybe-apart':
    '{} has not joined in time. This session was interrupted before: where members that run stay offline in it as well, they took a change that its moderator lost, and nothing mends the session (SLIM 3.4). Delete the channel, create it anew, and invite everybody. Or it is busy, or has the same identity as a member: two with one SPIFFE ID get the same instance and cannot both be in a channel.',
  'same-identity':
    '{} has the same identity as a member that is already in the channel. Two members with one SPIFFE ID get the same instance and cannot both join.',
  'not-joined':
    '{} has not joined in time. It may be busy, or have the same identity as a member: two with one SPIFFE ID get the same instance and cannot both be in a channel.',
  'already-member': '{} is already in the channel.',
  'not-member': '{} is not in the channel.',
  'own-name': '{} is the moderator itself, which is in every channel it runs.',
  'nobody-there': 'Nobody but the moderator is in {}, so the message was not sent.',
  'too-large': 'The message is larger than 64 KiB.',
  empty: 'The message is empty.',
  'no-confirmation': 'SLIM did not confirm in time. {}',
  'not-moderator': 'We take part in {} and do not moderate it: only its moderator changes its members.',
  'own-channel': 'We moderate {}: it is deleted, not left.',
  'session-closed': 'Our session in {} is closed. Rejoin it first.',
  'session-lost': 'Our session in {} is lost. Open it again, with a new invitation.',
  'not-closed': 'Our session in {} is not closed.',
  'already-there': 'We are in {} already.',
  'already-waiting': 'An invitation to {} is being waited for already.',
  'not-awaited': 'The invitation to {} is not waited for any more.',
  'not-invited': 'No invitation to {} came in time.',
  closed: 'The moderator was closed.',
  'nobody-asks':
    'Nobody waits for this answer any more: the channel manager gave up, or the moderator was restarted.',
  'slim-error': 'SLIM refused: {}',
} as const;

export function moderatorError(code: ModeratorErrorCode, about = ''): CallError {
  // A replacement function, because `$&` in a remote party's text would otherwise be expanded.
  return new CallError(
    code,
    SENTENCES[code].replace('{}', () => about),
  );
}

/** The settings have to change before another attempt makes sense. */
export function permanentError(reason: string): CallError {
  return new CallError(PERMANENT, reason);
}

/**
 * The bindings tell what went wrong only in words. These are the words of core 2.0.0-alpha.10 (npm 2.0.0-alpha.5);
 * what matches none of them is passed on in SLIM's own.
 */
export function classify(text: string, about: string): CallError {
  if (/no matching found for/.test(text) && /Heartbeat/.test(text))
    return moderatorError('same-identity', about);
  if (/participant already in group/.test(text)) return moderatorError('already-member', about);
  if (/participant not found in group/.test(text)) return moderatorError('not-member', about);
  if (/connection not found/.test(text))
    return moderatorError('not-ready', 'the connection to the node was lost.');
  if (/retries exhausted/.test(text)) return moderatorError('nobody-answers', about);
  return moderatorError('slim-error', plain(text));
}

/** First line only, capped, and without anything long enough to be a token or a key. */
export function plain(text: string): string {
  const [first = ''] = text.split('\n');
  return first.replace(/[\w+/=.-]{40,}/g, '…').slice(0, 300);
}
