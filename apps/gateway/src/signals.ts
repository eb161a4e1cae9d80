/** Ends with the caller's signal, where there is one, or when we are done with what was asked. */
export const either = (signal: AbortSignal | undefined, over: AbortController): AbortSignal =>
  signal ? AbortSignal.any([signal, over.signal]) : over.signal;
