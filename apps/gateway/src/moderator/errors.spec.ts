import { expect, it } from 'vitest';
import { classify, moderatorError, plain } from './errors.ts';

// The texts were recorded from the bindings, npm 2.0.0-alpha.5.
it.each([
  [
    'failed to add participant to session: message send retries exhausted for id=2313161281\nCaused by:\n  -> x',
    'nobody-answers',
    /^Nobody answers at acme\/ops\/zed\./,
  ],
  [
    'session error: no matching found for [Name] (session_message_type=Heartbeat)',
    'same-identity',
    /same identity as a member/,
  ],
  [
    'session cleanup failed: participant already in group: acme/ops/zed/NULL_COMPONENT',
    'already-member',
    /already/,
  ],
  [
    'session cleanup failed: participant not found in group: acme/ops/zed/NULL_COMPONENT',
    'not-member',
    /not in/,
  ],
  [
    'error sending subscription\nCaused by:\n  -> ack rejected by datapath: connection not found: 0',
    'not-ready',
    /connection to the node was lost/,
  ],
  ['something new', 'slim-error', /^SLIM refused: something new$/],
])('%s → %s', (text, code, message) => {
  expect(classify(text, 'acme/ops/zed')).toMatchObject({ code, message: expect.stringMatching(message) });
});

it('passes on no text that could be a token', () => {
  const token = `eyJ${'a'.repeat(60)}.${'b'.repeat(80)}`;
  expect(plain(`bad token ${token} of alice\nsecond line`)).toBe('bad token … of alice');
});

it('does not expand patterns in names', () => {
  expect(moderatorError('no-channel', 'a/$&/b').message).toBe('The moderator runs no channel named a/$&/b.');
});
