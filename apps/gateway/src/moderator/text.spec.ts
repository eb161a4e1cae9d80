import { expect, it } from 'vitest';
import { MAX_TEXT_BYTES, payloadText } from './text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

it('shows what is text as it is, line breaks and emoji included', () => {
  expect(payloadText(bytes('Grüße 👋\r\n\tsecond'))).toBe('Grüße 👋\n\tsecond');
});

it('makes control and direction characters visible', () => {
  expect(payloadText(bytes('\u001b[31mred\u0000 \u202eevil'))).toBe('\\u{1b}[31mred\\u{0} \\u{202e}evil');
});

it('does not guess at bytes that are no UTF-8', () => {
  expect(payloadText(new Uint8Array([0xff, 0xfe, 0x00]))).toBe('');
});

it('is cut at 64 KiB, even in the middle of a character', () => {
  const text = payloadText(bytes('é'.repeat(MAX_TEXT_BYTES) + '!'));
  expect(text).toMatch(/^é+ …$/);
  expect(text.length).toBe(MAX_TEXT_BYTES / 2 + 2);
  expect(payloadText(bytes('xé'.repeat(MAX_TEXT_BYTES)))).toMatch(/^(xé)+x? …$/);
});
