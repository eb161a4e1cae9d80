import { Fault } from '../fault.ts';
import { serverWords } from '../sentences.ts';

/** What a person can do about a refusal. Only the manager's words tell one from another: all are RPCs that succeeded. */
const remedies: readonly (readonly [said: RegExp, remedy: (match: RegExpExecArray) => string])[] = [
  [
    /^signed (?:create|delete) request is for .*, not this channel manager \("([^"]{1,1024})"\)/u,
    ([, right]) =>
      `Signed requests to it are for the audience ${serverWords(right ?? '')}: put that into audience of this connection in muster.yaml.`,
  ],
  [
    /^grant has already been used/u,
    () => 'A grant is good for one change: the owner has to issue another one.',
  ],
  [/has already been used/u, () => 'A signed request is good once. Plan again: the next one is signed anew.'],
  [/^grant has expired/u, () => 'The owner has to issue another one.'],
  [
    /^signed \w+ request has expired/u,
    () => 'It was signed a moment ago, for five minutes: the clocks of the two machines differ.',
  ],
  [
    /is valid for too long/u,
    () =>
      'It was signed for five minutes: the clock of this machine is a day ahead of the manager’s, or its own is behind.',
  ],
  [
    /^invalid grant: the signature does not verify/u,
    () => 'It is not signed by the key that owns the channel, or was changed since.',
  ],
  [
    /^invalid signed delete request: the signature does not verify/u,
    () => 'It has to be signed by the key that owns the channel, or by an operator of the manager.',
  ],
  [/^grant does not authorize this change/u, () => 'It is for another channel, participant or change.'],
  [
    /requires a grant from its owner/u,
    () => 'The channel is owned, and its owner left no name to ask at: get a grant from the owner.',
  ],
  [
    /did not answer the approval request in time/u,
    () => 'Its owner was asked, and nobody answered within the manager’s time.',
  ],
  [
    /^could not ask the channel owner for approval/u,
    () => 'Nothing answers at the owner’s callback name. Its owner can give a grant instead.',
  ],
  [
    /can only be deleted with a request signed by its owner/u,
    () => 'Import the owner’s key, or have an operator of the manager delete it.',
  ],
  [
    /requires a create request signed/u,
    () => 'This manager takes signed requests only: choose an owner key.',
  ],
  [
    /has no owner to sign for changes/u,
    () =>
      'This manager takes signed changes only, so nobody can change this channel: delete it as an operator and make it again with an owner.',
  ],
  [
    /only a delete request signed by an operator can delete it|has no owner and this channel manager has no operators/u,
    () => 'Only the key of an operator of the manager (operators in its configuration) can do this.',
  ],
  [
    /message send retries exhausted/u,
    () => 'Nobody of this name answered: it is not running, or not connected to a node of this network.',
  ],
];

/** A refusal of the manager: its own words, and what to do about it where they tell. */
export function refusedBy(words: string): Fault {
  if (/running in config mode/u.test(words)) return new Fault('config-mode', 'server');
  for (const [said, remedy] of remedies) {
    const match = said.exec(words);
    if (match) return new Fault('manager-refused', 'server', { words, detail: remedy(match) });
  }
  return new Fault('manager-refused', 'server', { words });
}
