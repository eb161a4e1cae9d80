import { classify } from '../errors.ts';

/** Makes a call of a control plane; whatever it fails with is a `Fault`. */
export async function calling<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw classify(error);
  }
}
