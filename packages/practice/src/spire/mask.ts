import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';

/**
 * The parts of `message` that `mask` asks for, and those in `always`. No mask asks for everything, an empty one
 * for nothing; what is left out is zero, not absent.
 */
export function project<D extends DescMessage, M extends DescMessage>(
  schema: D,
  message: MessageShape<D>,
  maskSchema: M,
  mask: MessageShape<M> | undefined,
  always: string[],
): MessageShape<D> {
  if (!mask) return message;
  const result = create(schema);
  copyParts(result, message, [...always, ...maskedParts(maskSchema, mask)]);
  return result;
}

/** Names of the members a mask selects; without a mask, all it could select. */
export function maskedParts<M extends DescMessage>(
  maskSchema: M,
  mask: MessageShape<M> | undefined,
): string[] {
  const names = maskSchema.fields.map((field) => field.localName);
  return mask ? names.filter((name) => (mask as Record<string, unknown>)[name] === true) : names;
}

export function copyParts(target: object, source: object, names: string[]): void {
  for (const name of names)
    (target as Record<string, unknown>)[name] = (source as Record<string, unknown>)[name];
}
