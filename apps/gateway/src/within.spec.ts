import { describe, expect, it } from 'vitest';
import { within } from './within.ts';

describe('within', () => {
  it('ends with what is waited for, without waiting for the time', async () => {
    await expect(within(2 ** 30, Promise.resolve())).resolves.toBeUndefined();
  });

  it('ends with the time, when the other does not end', async () => {
    await expect(within(1, new Promise(() => {}))).resolves.toBeUndefined();
  });

  it('fails as what is waited for fails', async () => {
    await expect(within(10, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
