// What the page may use of today's browsers and Chromium 108, the stand-in runtime's, has not. For tests only: the
// Electron that Muster is written for has all of it.
const define = (target, name, value) => {
  if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true });
};
define(Array.prototype, 'toSorted', function (compare) {
  return [...this].sort(compare);
});
define(Array.prototype, 'toReversed', function () {
  return this.map((_, index) => this[this.length - 1 - index]);
});
define(Map, 'groupBy', (items, keyOf) => {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
});
define(Object, 'groupBy', (items, keyOf) => Object.fromEntries(Map.groupBy(items, keyOf)));
define(URL, 'canParse', (text, base) => {
  try {
    return Boolean(new URL(text, base));
  } catch {
    return false;
  }
});
define(AbortSignal, 'any', (signals) => {
  const all = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) all.abort(signal.reason);
    signal.addEventListener('abort', () => all.abort(signal.reason), { once: true });
  }
  return all.signal;
});
define(Promise, 'withResolvers', () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
});
