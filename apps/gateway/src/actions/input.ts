import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { AnyAction } from './action.ts';
import { badInput } from './action.ts';

const ajv = new Ajv({ allErrors: false, strict: true, allowUnionTypes: true });
const compiled = new WeakMap<object, ValidateFunction>();

/** Checks the input against the action's schema; the error names the field and what was expected. */
export function checkInput(action: AnyAction, input: unknown): void {
  let validate = compiled.get(action.inputSchema);
  if (!validate) {
    validate = ajv.compile(action.inputSchema);
    compiled.set(action.inputSchema, validate);
  }
  if (validate(input)) return;
  const error = validate.errors?.[0];
  if (error) throw badInput(fieldOf(error), expectation(error));
}

function fieldOf(error: ErrorObject): string {
  const parts = error.instancePath.split('/').slice(1);
  const extra = new Map<string, unknown>(Object.entries(error.params));
  const last = extra.get('missingProperty') ?? extra.get('additionalProperty');
  if (last !== undefined) parts.push(String(last).slice(0, 64));
  const path = parts
    .map((part, index) => (/^\d+$/u.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
  return path === '' ? 'input' : path;
}

function expectation(error: ErrorObject): string {
  const values = new Map<string, unknown>(Object.entries(error.params));
  switch (error.keyword) {
    case 'required':
      return 'this field is needed.';
    case 'additionalProperties':
      return 'there is no such field.';
    case 'type':
      return `expected ${String(values.get('type'))}.`;
    case 'minItems':
      return `at least ${String(values.get('limit'))} needed.`;
    case 'maxItems':
      return `at most ${String(values.get('limit'))} in one plan.`;
    case 'minLength':
      return 'this field may not be empty.';
    case 'enum':
      return `one of ${(values.get('allowedValues') as unknown[]).map(String).join(', ')} is needed.`;
    case 'minimum':
      return `may not be less than ${String(values.get('limit'))}.`;
    case 'maximum':
      return `may not be more than ${String(values.get('limit'))}.`;
    case 'maxLength':
      return `at most ${String(values.get('limit'))} characters.`;
    default:
      return `${error.message ?? 'not valid'}.`;
  }
}
