import { type Parsed, parsed, refused } from './result.ts';

/** A SLIM name: organization, namespace, application, and the instance when one is addressed. */
export interface SlimName {
  readonly organization: string;
  readonly namespace: string;
  readonly application: string;
  readonly instance?: string;
}

/** Parses `org/ns/app` or `org/ns/app/instance`. Each part is non-empty, without white space or control characters. */
export function parseSlimName(text: string): Parsed<SlimName> {
  const parts = text.split('/');
  if (parts.length < 3 || parts.length > 4) {
    return refused(
      'slim-name-parts',
      'A SLIM name is written organization/namespace/application, and may end in /instance.',
    );
  }
  if (parts.includes('')) return refused('slim-name-empty-part', 'A part of the SLIM name is empty.');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\s\u0000-\u001f\u007f]/u.test(text)) {
    return refused('slim-name-character', 'A SLIM name has no white space or control characters.');
  }
  const [organization = '', namespace = '', application = '', instance] = parts;
  const name = { organization, namespace, application };
  return parsed(Object.freeze(instance === undefined ? name : { ...name, instance }));
}

export function formatSlimName(name: SlimName): string {
  const base = `${name.organization}/${name.namespace}/${name.application}`;
  return name.instance === undefined ? base : `${base}/${name.instance}`;
}

/** Equality of all parts, the instance included. */
export function equalSlimName(a: SlimName, b: SlimName): boolean {
  return formatSlimName(a) === formatSlimName(b);
}
