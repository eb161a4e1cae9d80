import type { Bytes } from './bytes.ts';

export interface WireField {
  readonly number: number;
  /** Bytes of a length-delimited field; absent for numbers. */
  readonly bytes?: Bytes;
}

/** Takes a protobuf message apart into its fields, or answers undefined when it is not one. Groups are refused. */
export function readFields(message: Bytes): readonly WireField[] | undefined {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = message[at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor((tag ?? 0) / 8);
    if (tag === undefined || number === 0 || number > 536_870_911) return undefined;
    switch (tag % 8) {
      case 0:
        if (varint() === undefined) return undefined;
        fields.push({ number });
        break;
      case 1:
        at += 8;
        fields.push({ number });
        break;
      case 2: {
        const length = varint();
        if (length === undefined || at + length > message.length) return undefined;
        fields.push({ number, bytes: message.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        at += 4;
        fields.push({ number });
        break;
      default:
        return undefined;
    }
    if (at > message.length) return undefined;
  }
  return fields;
}

/** The last value of a length-delimited field, empty when absent: proto3 has no other "not set". */
export function bytesField(fields: readonly WireField[], number: number): Bytes {
  return fields.findLast((field) => field.number === number && field.bytes)?.bytes ?? new Uint8Array();
}
