import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readFlight } from './handshake.ts';

const message = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body]);
const record = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body]);
const three = (size: number): Buffer => Buffer.from([size >> 16, (size >> 8) & 255, size & 255]);

const hello = Buffer.concat([
  Buffer.from([3, 3]),
  Buffer.alloc(32, 1),
  Buffer.from([0, 0xc0, 0x2b, 0, 0, 0]),
]);
const listOf = (...certificates: Buffer[]): Buffer => {
  const list = Buffer.concat(certificates.map((one) => Buffer.concat([three(one.length), one])));
  return Buffer.concat([three(list.length), list]);
};
const ders = [Buffer.from('30030201aa', 'hex'), Buffer.from('3000', 'hex')];
const flight = Buffer.concat([message(2, hello), message(11, listOf(...ders)), message(13, Buffer.alloc(4))]);

describe('the server’s first flight', () => {
  it('of TLS 1.2, in one record or many, cut anywhere', () => {
    const wanted = { certificates: ders, asksClientCertificate: true };
    expect(readFlight(record(22, flight), undefined)).toEqual(wanted);
    for (const size of [1, 3, 7]) {
      const parts: Buffer[] = [];
      for (let at = 0; at < flight.length; at += size) parts.push(record(22, flight.subarray(at, at + size)));
      expect(readFlight(Buffer.concat(parts), undefined)).toEqual(wanted);
    }
  });

  it('is read no further than it has come, and not behind the change of ciphers', () => {
    const whole = record(22, flight);
    for (let end = 0; end < whole.length; end += 1)
      expect(readFlight(whole.subarray(0, end), undefined).certificates).toEqual([]);
    const late = Buffer.concat([
      record(22, message(2, hello)),
      record(20, Buffer.from([1])),
      record(22, flight),
    ]);
    expect(readFlight(late, undefined).certificates).toEqual([]);
  });

  it('S-18: lengths that do not add up, and random bytes, are read without harm', () => {
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Buffer.concat([
        record(22, flight),
        record(randomInt(20, 25), randomBytes(randomInt(64))),
        randomBytes(randomInt(64)),
      ]);
      for (let flips = randomInt(6); flips > 0; flips -= 1) bytes[randomInt(bytes.length)] = randomInt(256);
      const read = readFlight(bytes, round % 2 === 0 ? undefined : randomBytes(32));
      expect(read.certificates.length).toBeLessThanOrEqual(100);
    }
  });

  it('S-18: a message that never ends in records of one byte is given up', () => {
    const parts = Array.from({ length: 100_000 }, () => record(22, Buffer.from([2])));
    expect(readFlight(Buffer.concat(parts), undefined).certificates).toEqual([]);
    const many = Array.from({ length: 5000 }, () => Buffer.from('3000', 'hex'));
    expect(
      readFlight(record(22, message(11, listOf(...many)).subarray(0, 16_000)), undefined).certificates,
    ).toEqual([]);
    expect(
      readFlight(record(22, message(11, listOf(...many.slice(0, 3000)))), undefined).certificates,
    ).toHaveLength(100);
  });
});
