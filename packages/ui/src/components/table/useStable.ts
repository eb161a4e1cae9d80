import { useCallback, useLayoutEffect, useRef } from 'react';

/** The same function for the life of the component, calling the newest one: for handlers passed to memoised rows. */
export function useStable<Args extends unknown[], Result>(callback: (...args: Args) => Result) {
  const newest = useRef(callback);
  useLayoutEffect(() => {
    newest.current = callback;
  });
  return useCallback((...args: Args): Result => newest.current(...args), []);
}
