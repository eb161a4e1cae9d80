import { expect, it } from 'vitest';
import { MAX_TEXT_BYTES, payloadText, readable } from './text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

it('shows what is text as it is, line breaks and emoji included', () => {
  expect(payloadText(bytes('Grüße 👋\r\n\tsecond'))).toEqual({ text: 'Grüße 👋\n\tsecond', cut: false });
});

it('makes control and direction characters visible', () => {
  expect(payloadText(bytes('\u001b[31mred\u0000 \u202eevil')).text).toBe(
    '\\u{1b}[31mred\\u{0} \\u{202e}evil',
  );
});

it('does not guess at bytes that are no UTF-8', () => {
  expect(payloadText(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual({ text: '', cut: false });
  expect(readable(new Uint8Array(2 * MAX_TEXT_BYTES), 'application/octet-stream')).toEqual({
    text: '',
    cut: false,
  });
});

it('is cut at 64 KiB, even in the middle of a character', () => {
  const { text, cut } = payloadText(bytes('é'.repeat(MAX_TEXT_BYTES) + '!'));
  expect(cut).toBe(true);
  expect(text).toMatch(/^é+ …$/);
  expect(text.length).toBe(MAX_TEXT_BYTES / 2 + 2);
  expect(payloadText(bytes('xé'.repeat(MAX_TEXT_BYTES))).text).toMatch(/^(xé)+x? …$/);
});

it('is cut, and says so, when it is too long only once its control characters are visible', () => {
  const { text, cut } = payloadText(new Uint8Array(MAX_TEXT_BYTES));
  expect(cut).toBe(true);
  expect(text.length).toBe(MAX_TEXT_BYTES + 2);
});
