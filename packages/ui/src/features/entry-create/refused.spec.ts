import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { refusedField } from './refused.ts';

const refused = (message: string, code = Code.InvalidArgument) =>
  refusedField(new ConnectError(message, code));

describe('refusedField', () => {
  it.each([
    ['entries[0].spiffe_id: a path is needed.', { spiffeId: 'a path is needed.' }],
    ['set.x509_svid_ttl: expected integer.', { x509Ttl: 'expected integer.' }],
    ['entries[0].selectors[1]: written type:value.', { selectors: 'No. 2: written type:value.' }],
    ['entries[0].federates_with[0]: no bundle of a: b.', { federatesWith: 'No. 1: no bundle of a: b.' }],
    ['connection: name one.', { connection: 'name one.' }],
  ])('%s', (message, problems) => {
    expect(refused(message)).toEqual(problems);
  });

  it('leaves to the dialog what names no field of the form', () => {
    expect(refused('entries[3].hint: x')).toBeUndefined();
    expect(refused('entries[0].__proto__: x')).toBeUndefined();
    expect(refused('set: nothing would change.')).toBeUndefined();
    expect(refused('entries[0].hint: x', Code.Unavailable)).toBeUndefined();
    expect(refusedField(new Error('x'))).toBeUndefined();
  });
});
