import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from '@bufbuild/protobuf';
import { usageError } from './exit.ts';
import { suggestion } from './nearest.ts';

/** The parameters that a request takes, dotted where a field is a message itself. */
export function paramNames(schema: DescMessage): string[] {
  return schema.fields.flatMap((field) =>
    isNested(field) ? paramNames(field.message).map((name) => `${field.name}.${name}`) : [field.name],
  );
}

/**
 * Turns `k=v` pairs into the JSON of a request. Names are those of the proto or of its JSON; enum values may be
 * short and in lower case (`state=expired`).
 */
export function paramsToJson(schema: DescMessage, params: readonly string[]): JsonObject {
  const root: JsonObject = {};
  for (const param of params) {
    const at = param.indexOf('=');
    if (at < 1) throw usageError(`--param takes name=value, not "${param}".`);
    assign(root, schema, param.slice(0, at), param.slice(at + 1));
  }
  return root;
}

function assign(root: JsonObject, schema: DescMessage, path: string, text: string): void {
  const names = path.split('.');
  let message = schema;
  let target = root;
  for (const [index, name] of names.entries()) {
    const field = fieldOf(message, name, path);
    const last = index === names.length - 1;
    if (field.fieldKind === 'map') {
      const key = names.slice(index + 1).join('.');
      if (key === '') throw usageError(`"${path}" is a map: give ${path}.KEY=value.`);
      const map = childOf(target, field.jsonName);
      map[key] = mapValue(field, text, path);
      return;
    }
    if (last) {
      set(target, field, text, path);
      return;
    }
    if (!isNested(field))
      throw usageError(`"${names.slice(0, index + 1).join('.')}" has no fields of its own.`);
    target = childOf(target, field.jsonName);
    message = field.message;
  }
}

function set(target: JsonObject, field: DescField, text: string, path: string): void {
  const name = field.jsonName;
  if (field.fieldKind === 'list') {
    const list = target[name];
    const value = field.listKind === 'message' ? itemOf(field, text, path) : leaf(field, text, path);
    if (Array.isArray(list)) list.push(value);
    else target[name] = [value];
    return;
  }
  if (Object.hasOwn(target, name)) throw usageError(`"${path}" is given twice, and is not a list.`);
  if (isNested(field))
    throw usageError(`"${path}" has fields of its own: ${paramNames(field.message).join(', ')}.`);
  target[name] = leaf(field, text, path);
}

function leaf(field: DescField, text: string, path: string): JsonValue {
  if (field.enum) {
    const prefix = field.enum.sharedPrefix?.toUpperCase() ?? '';
    const asked = text.toUpperCase().replaceAll('-', '_');
    const found = field.enum.values.find(({ name }) => name === asked || name === prefix + asked);
    if (found) return found.name;
    const short = field.enum.values.slice(1).map(({ name }) => name.slice(prefix.length).toLowerCase());
    throw usageError(`"${path}" is one of ${short.join(', ')}; not "${text}".`);
  }
  if (field.scalar === ScalarType.BOOL) {
    if (text === 'true' || text === 'false') return text === 'true';
    throw usageError(`"${path}" is true or false, not "${text}".`);
  }
  return text;
}

function mapValue(field: DescField & { fieldKind: 'map' }, text: string, path: string): JsonValue {
  return field.mapKind === 'message' ? parsedJson(text, path) : leaf(field, text, path);
}

function fieldOf(message: DescMessage, name: string, path: string): DescField {
  const found = message.fields.find((field) => field.name === name || field.jsonName === name);
  if (found) return found;
  const names = message.fields.map((field) => field.name);
  if (names.length === 0) throw usageError(`There is no parameter "${path}": this view takes none.`);
  const near = suggestion(path, [...names, ...paramNames(message)]);
  throw usageError(`There is no parameter "${path}"${near} It takes: ${paramNames(message).join(', ')}.`);
}

type NestedField = DescField & { fieldKind: 'message'; message: DescMessage };

/** A message whose fields are set one by one; a time and the like are written as one text. */
function isNested(field: DescField): field is NestedField {
  return field.fieldKind === 'message' && !field.message.typeName.startsWith('google.protobuf.');
}

function childOf(target: JsonObject, name: string): JsonObject {
  const child = target[name];
  if (typeof child === 'object' && child !== null && !Array.isArray(child)) return child;
  const made: JsonObject = {};
  target[name] = made;
  return made;
}

/** A selector as SPIRE writes it, `type:value`; other messages, and it too, as JSON. */
function itemOf(field: DescField, text: string, path: string): JsonValue {
  const colon = text.startsWith('{') ? 0 : text.indexOf(':');
  if (field.message?.typeName !== 'muster.v1.Selector' || colon < 1) return parsedJson(text, path);
  return { type: text.slice(0, colon), value: text.slice(colon + 1) };
}

function parsedJson(text: string, path: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw usageError(`"${path}" takes JSON, for example {"type":"unix","value":"uid:1000"}.`);
  }
}
