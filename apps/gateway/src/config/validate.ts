import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import schema from './muster.schema.json' with { type: 'json' };

/** A mistake found, relative to what was checked. */
export interface Finding {
  path: (string | number)[];
  expected: string;
}

const definitions = new Map([
  ['spire-server', 'SpireServerConfig'],
  ['workload-api', 'WorkloadApiConfig'],
  ['slim-control-plane', 'SlimControlPlaneConfig'],
  ['channel-manager', 'ChannelManagerConfig'],
  ['slim-node', 'SlimNodeConfig'],
]);

/** Every kind of connection there is. */
export const kinds: readonly string[] = [...definitions.keys()];

let compiled: Ajv | undefined;

function check(definition: string, value: unknown): Finding | undefined {
  compiled ??= new Ajv({ allErrors: true, strict: false, verbose: true }).addSchema(schema, 'muster');
  const validate = compiled.getSchema(`muster#/definitions/${definition}`) as ValidateFunction;
  if (validate(value)) return undefined;
  const errors = validate.errors ?? [];
  // A misspelt key is also a missing one: the line it stands in says more.
  return toFinding(errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0]);
}

/** The file as a whole, without looking into its connections. */
export function validateTop(content: unknown): Finding | undefined {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return { path: [], expected: 'a mapping with the key `connections`' };
  }
  const { connections } = content as { connections?: unknown };
  if (Array.isArray(connections))
    return check('MusterFile', { ...content, connections: [] }) ?? tooMany(connections);
  return check('MusterFile', content);
}

function tooMany(connections: readonly unknown[]): Finding | undefined {
  return connections.length > 256
    ? { path: ['connections'], expected: 'at most 256 connections' }
    : undefined;
}

/** One connection, by the rules of its kind: `anyOf` would name the mistakes of every other kind too. */
export function validateConnection(connection: unknown): Finding | undefined {
  if (typeof connection !== 'object' || connection === null || Array.isArray(connection)) {
    return { path: [], expected: 'a mapping with `name`, `kind` and `address`' };
  }
  const { kind } = connection as { kind?: unknown };
  const definition = typeof kind === 'string' ? definitions.get(kind) : undefined;
  if (definition === undefined) return { path: ['kind'], expected: `one of ${kinds.join(', ')}` };
  return check(definition, connection);
}

function toFinding(error: ErrorObject | undefined): Finding {
  if (!error) return { path: [], expected: 'something else' };
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/u.test(part) ? Number(part) : part));
  const parameters = new Map<string, unknown>(Object.entries(error.params));
  switch (error.keyword) {
    case 'additionalProperties': {
      const known = Object.keys(
        (error.parentSchema as { properties?: object } | undefined)?.properties ?? {},
      );
      return {
        path: [...path, String(parameters.get('additionalProperty'))],
        expected: `a known key here: ${known.join(', ')}`,
      };
    }
    case 'required':
      return { path, expected: `the key \`${String(parameters.get('missingProperty'))}\`, which is missing` };
    case 'type':
      return { path, expected: `a ${String(parameters.get('type'))}` };
    case 'pattern': {
      const words = (error.parentSchema as { description?: string } | undefined)?.description;
      return { path, expected: words ?? `text matching ${String(parameters.get('pattern'))}` };
    }
    default:
      return { path, expected: error.message ?? 'something else' };
  }
}
