import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { printable } from './io.ts';
import { columns, inner } from './render-columns.ts';
import { table } from './table.ts';

/** What a filter offers, not what was asked for. */
const unlisted = new Set(['muster.v1.Facet', 'muster.v1.Capability']);

/** A response as lines: tables for its lists, `name: value` for the rest, the equivalent command last. */
export function renderMessage(schema: DescMessage, message: Message): string[] {
  const blocks: string[] = [];
  const facts: string[] = [];
  const last: string[] = [];
  const reflected = reflect(schema, message);
  for (const field of schema.fields) {
    const typeName = field.message?.typeName ?? '';
    if (unlisted.has(typeName)) continue;
    const items = messagesOf(reflected, field);
    if (typeName === 'muster.v1.GeneratedFile') blocks.push(...items.map(fileBlock));
    else if (typeName === 'google.protobuf.Struct') blocks.push(...inputBlock(field, message));
    else if (typeName === 'muster.v1.Warning') last.push(...items.map((item) => `! ${text(item, 'text')}`));
    else if (typeName === 'muster.v1.EquivalentCommand') last.push(...items.flatMap(commandLines));
    else if (field.fieldKind === 'list' && field.message) {
      blocks.push(listBlock(field, items), ...innerBlocks(items));
      last.push(...commandsOf(items));
    } else if (field.message && !isTime(field)) {
      blocks.push(...items.map((item) => pairBlock(field.name, item)), ...innerBlocks(items));
      last.push(...commandsOf(items));
    } else
      facts.push(
        ...(isCount(field)
          ? [`${words(field.name)}: ${String(reflected.get(field))}`]
          : pair(reflected, field)),
      );
  }
  const parts = [...blocks, facts.join('\n'), last.join('\n')].filter((part) => part !== '');
  return parts.flatMap((part, index) => (index === 0 ? [part] : ['', part]));
}

function listBlock(field: DescField, items: readonly ReflectMessage[]): string {
  if (items.length === 0) return `No ${words(field.name)}.`;
  const fields = shown(items[0]?.desc, items);
  return table(
    fields.map((column) => words(column.name)),
    items.map((item) => fields.map((column) => cell(item, column))),
  );
}

/** The lists inside the items, all of a kind in one table. */
function innerBlocks(items: readonly ReflectMessage[]): string[] {
  return (items[0]?.desc.fields ?? []).flatMap((field) => {
    const how = field.fieldKind === 'list' ? inner[field.message?.typeName ?? ''] : undefined;
    const rows = how
      ? items.flatMap((item) => messagesOf(item, field).map((one) => [item, one] as const))
      : [];
    if (!how || rows.length === 0) return [];
    const inside = shown(
      rows[0]?.[1].desc,
      rows.map(([, one]) => one),
      how.columns,
    );
    const outside = shown(rows[0]?.[0].desc, items, how.of);
    const head = [...outside, ...inside].map((column) => words(column.name));
    return table(
      head,
      rows.map(([item, one]) => [
        ...outside.map((column) => cell(item, column)),
        ...inside.map((column) => cell(one, column)),
      ]),
    );
  });
}

/** A file whole: it is there to be copied. */
function fileBlock(file: ReflectMessage): string {
  const lines = text(file, 'text').trimEnd().split('\n').map(printable);
  return [`==> ${printable(text(file, 'name'))} <==`, ...lines].join('\n');
}

/** Whole and in one line, to be given to "muster plan". */
function inputBlock({ name, localName }: DescField, message: Message): string[] {
  const input = (message as unknown as Readonly<Record<string, unknown>>)[localName];
  return input === undefined ? [] : [`${words(name)}:\n  ${printable(JSON.stringify(input))}`];
}

/** The command of each item, once. */
function commandsOf(items: readonly ReflectMessage[]): string[] {
  const lines = items.flatMap((item) =>
    item.desc.fields
      .filter((field) => isCommand(field))
      .map((field) => messagesOf(item, field).flatMap(commandLines).join('\n')),
  );
  return [...new Set(lines)].filter((line) => line !== '');
}

function shown(
  desc: DescMessage | undefined,
  items: readonly ReflectMessage[],
  named = columns[desc?.typeName ?? ''],
): DescField[] {
  const fields = (desc?.fields ?? []).filter((field) => !isCommand(field) && field.name !== 'chain_pem');
  if (named) return named.flatMap((name) => fields.filter((field) => field.name === name));
  const filled = fields.filter((field) => items.some((item) => cell(item, field) !== ''));
  return filled.length === 0 ? fields.slice(0, 1) : filled;
}

function pairBlock(name: string, item: ReflectMessage): string {
  const lines = item.fields.filter((field) => !isCommand(field)).flatMap((field) => pair(item, field));
  return lines.length === 0 ? '' : [`${words(name)}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function pair(item: ReflectMessage, field: DescField): string[] {
  const value = cell(item, field);
  return value === '' ? [] : [printable(`${words(field.name)}: ${value}`)];
}

/** One value as text, empty when it is not set. Many lines become one: a table has no room for a PEM. */
function cell(item: ReflectMessage, field: DescField): string {
  if (field.fieldKind === 'list') {
    if (!field.message) return [...item.get(field)].map((value) => scalar(value, field.enum)).join(' ');
    const items = messagesOf(item, field);
    if (field.message.typeName === 'muster.v1.Selector')
      return items.map((selector) => `${text(selector, 'type')}:${text(selector, 'value')}`).join(' ');
    return items.length === 0 ? '' : String(items.length);
  }
  if (field.fieldKind === 'map')
    return [...item.get(field)].map(([key, value]) => `${String(key)}=${scalar(value, undefined)}`).join(' ');
  if (!item.isSet(field)) return '';
  if (field.fieldKind === 'message') return isTime(field) ? time(item.get(field)) : facts(item.get(field));
  return scalar(item.get(field), field.enum);
}

/** A message in a cell: its own facts in a row. */
const facts = (item: ReflectMessage): string => item.fields.flatMap((field) => pair(item, field)).join(', ');

function scalar(value: unknown, type: DescEnum | undefined): string {
  if (type) {
    const name = type.values.find(({ number }) => number === value)?.name ?? String(value);
    return value === 0
      ? ''
      : name
          .slice(type.sharedPrefix?.length ?? 0)
          .toLowerCase()
          .replaceAll('_', ' ');
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(3)));
  if (typeof value === 'boolean') return value ? 'yes' : '';
  return typeof value === 'object' ? '…' : String(value).replace(/\n[^]*/u, ' …');
}

function time(value: ReflectMessage): string {
  const seconds = Number(text(value, 'seconds'));
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? String(seconds) : at.toISOString().replace('.000Z', 'Z');
}

function commandLines(item: ReflectMessage): string[] {
  const [line, note] = [text(item, 'line'), text(item, 'note')];
  return [...(line === '' ? [] : [`$ ${printable(line)}`]), ...(note === '' ? [] : [`# ${printable(note)}`])];
}

function messagesOf(item: ReflectMessage, field: DescField): ReflectMessage[] {
  if (field.fieldKind === 'list' && field.listKind === 'message')
    return [...item.get(field)] as ReflectMessage[];
  return field.fieldKind === 'message' && item.isSet(field) ? [item.get(field)] : [];
}

function text(item: ReflectMessage, name: string): string {
  const field = item.desc.fields.find((candidate) => candidate.name === name);
  return field ? String(item.get(field)) : '';
}

/** At the top of a response none is an answer too: "total: 0". */
const isCount = (field: DescField) =>
  field.fieldKind === 'scalar' && (field.scalar === ScalarType.UINT32 || field.scalar === ScalarType.UINT64);
const isCommand = (field: DescField) => field.message?.typeName === 'muster.v1.EquivalentCommand';
const isTime = (field: DescField) => field.message?.typeName === 'google.protobuf.Timestamp';
const words = (name: string) => name.replaceAll('_', ' ');
