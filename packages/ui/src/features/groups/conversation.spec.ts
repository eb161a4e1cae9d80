// @vitest-environment node
import { MessageSchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { expect, it } from 'vitest';
import {
  conversationCsv,
  conversationJson,
  conversationText,
  isText,
  keptWords,
  sameSender,
} from './conversation.ts';

const at = Date.parse('2026-11-23T12:00:00Z');
const said = (text: string, more: object = {}) =>
  create(MessageSchema, {
    at: timestampFromMs(at),
    from: 'a/b/alice',
    fromIdentity: 'spiffe://org/alice',
    payloadType: 'text/plain',
    payloadBytes: text.length,
    text,
    ...more,
  });
const binary = said('', { payloadType: 'application/cbor', payloadBytes: 3 });

it('says how many messages there are, since when, and how many are kept no more', () => {
  expect(keptWords(1, 0n, undefined)).toBe('1 message');
  expect(keptWords(2, 0n, new Date(at))).toMatch(/^2 messages since \d/u);
  expect(keptWords(1000, 2000n, new Date(at))).toMatch(/^last 1.000 · 2.000 older not kept$/u);
});

it('tells what is no text from an empty text', () => {
  expect([said('x'), said(''), binary].map(isText)).toEqual([true, true, false]);
});

it('puts one head above what one sender says within a minute, and another where its identity is another', () => {
  expect(sameSender(said('a'), said('b'))).toBe(true);
  expect(sameSender(said('a'), said('b', { at: timestampFromMs(at + 60_000) }))).toBe(false);
  expect(sameSender(said('a'), said('b', { fromInstance: 'other' }))).toBe(false);
  expect(sameSender(said('a'), said('b', { fromIdentity: '' }))).toBe(false);
  expect(sameSender(undefined, said('b'))).toBe(false);
});

it('is exported as text, further lines of a message indented so that none passes for another’s', () => {
  expect(conversationText([said('one\n2026-11-23T12:00:00.000Z a/b/bob: two'), binary])).toBe(
    '2026-11-23T12:00:00.000Z a/b/alice: one\n' +
      '  2026-11-23T12:00:00.000Z a/b/bob: two\n' +
      '2026-11-23T12:00:00.000Z a/b/alice: (application/cbor, 3 bytes, not text)\n',
  );
});

it('S-22: is exported as CSV that no spreadsheet runs', () => {
  const [, row] = conversationCsv([said('=HYPERLINK("x")')]).split('\r\n');
  expect(row).toContain(`"'=HYPERLINK(""x"")"`);
});

it('is exported as JSON lines', () => {
  const [first, second] = conversationJson([said('one\ntwo'), binary])
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(first).toMatchObject({ at: '2026-11-23T12:00:00.000Z', from: 'a/b/alice', text: 'one\ntwo' });
  expect(second).toMatchObject({ payloadType: 'application/cbor', payloadBytes: 3, text: '' });
});
