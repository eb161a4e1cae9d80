/** Where a credential stands in the file itself; `undefined` when there is none. */
export function findInlineCredential(
  content: unknown,
): { path: (string | number)[]; expected: string } | undefined {
  const walk = (value: unknown, path: (string | number)[]): (string | number)[] | undefined => {
    if (path.length > 16) return undefined;
    if (typeof value === 'string') return looksSecret(value, path.at(-1)) ? path : undefined;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const found = walk(item, [...path, index]);
        if (found) return found;
      }
      return undefined;
    }
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [key, item] of Object.entries(value)) {
      const found = walk(item, [...path, key]);
      if (found) return found;
    }
    return undefined;
  };
  const path = walk(content, []);
  return (
    path && {
      path,
      expected: 'a credential by reference: a file, or env:NAME. Take the secret itself out of this file',
    }
  );
}

// Keys people reach for first; none of them is a key of ours.
const secretKeys = new Set([
  'sharedsecret',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'token',
  'key',
  'privatekey',
  'ownerkey',
  'cert',
  'credentials',
]);

function looksSecret(value: string, key: string | number | undefined): boolean {
  if (value.includes('-----BEGIN ')) return true;
  // userinfo in an address
  if (/^[a-z]+:\/\/[^/\s]*:[^/\s]*@/u.test(value)) return true;
  return typeof key === 'string' && secretKeys.has(key.toLowerCase().replaceAll(/[-_]/gu, ''));
}
