import { badInput } from '../actions/action.ts';
import type { Asked, Option } from './types.ts';

const longest = 1024;

/** Options as they were given, in a Map: their names come from outside (S-25). Names that nothing asked for are refused. */
export function askedFrom(given: Readonly<Record<string, string>>): Asked & { checkAllKnown: () => void } {
  const values = new Map(Object.entries(given));
  const asked = new Map<string, Option>();
  return {
    text({ name, usual, check, ...rest }) {
      const value = values.get(name)?.trim() || usual;
      if (value.length > longest) throw badInput(`options.${name}`, `at most ${longest} characters.`);
      // Line ends and control characters would break out of the line they are written on (S-22).
      if (/\p{Cc}/u.test(value))
        throw badInput(`options.${name}`, 'no line breaks and no control characters.');
      if (rest.choices && !rest.choices.includes(value))
        throw badInput(`options.${name}`, `one of ${rest.choices.join(', ')}.`);
      const problem = value === '' ? '' : (check?.(value) ?? '');
      if (problem !== '') throw badInput(`options.${name}`, problem);
      asked.set(name, { name, value, ...rest });
      return value;
    },
    options: () => [...asked.values()],
    checkAllKnown() {
      const unknown = [...values.keys()].find((name) => !asked.has(name));
      if (unknown !== undefined)
        throw badInput(
          'options',
          `there is no option of this name here. There are ${[...asked.keys()].join(', ') || 'none'}.`,
        );
    },
  };
}

export const checks = {
  path: (value: string) => (/^\/[^\0]*$/u.test(value) ? '' : 'expected an absolute path.'),
  fileName: (value: string) =>
    /^[\w.-]{1,255}$/u.test(value) && value !== '.' && value !== '..'
      ? ''
      : 'expected a file name: letters, digits, dots, hyphens and underscores.',
  mode: (value: string) => (/^0[0-7]{3}$/u.test(value) ? '' : 'expected an octal mode such as 0600.'),
  k8sName: (value: string) =>
    value.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/u.test(value)
      ? ''
      : 'expected a Kubernetes name: lower-case letters, digits, hyphens and dots.',
  url: (value: string) =>
    /^https:\/\/[^\s/@?#]+(\/[^\s@]*)?$/u.test(value)
      ? ''
      : 'expected https://host:port/path, without a user name.',
  port: (value: string) =>
    /^\d{1,5}$/u.test(value) && Number(value) > 0 && Number(value) < 65_536 ? '' : 'expected a port.',
  host: (value: string) =>
    /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}|)$|^[0-9A-Fa-f:.]{2,45}$/u.test(value)
      ? ''
      : 'expected a host name or an IP address.',
  image: (value: string) => (/^[\w./:@-]{1,255}$/u.test(value) ? '' : 'expected the name of an image.'),
  duration: (value: string) => (/^(\d{1,6}[hms])+$/u.test(value) ? '' : 'expected a duration such as 1h30m.'),
};
