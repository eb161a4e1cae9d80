import type { JsonObject } from '@bufbuild/protobuf';

/** JSON that the gateway made as an action’s input; undefined when there is none, or it is no object. */
export function actionInput(json: string): JsonObject | undefined {
  if (!json) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
