import { type DescMessage, type MessageShape, ScalarType } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { Transport } from '@connectrpc/connect';
import type { QueryClient } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { World } from './fake/index.ts';

/** What stands in a string field; undefined leaves it as it is. */
export type Poison = (field: { readonly message: string; readonly name: string }) => string | undefined;

/** How deep missing messages are filled in, so that their fields can be poisoned, too. */
const DEPTH = 3;

/** The gateway of `inner`, with every string of every answer replaced. */
export function hostileTransport(inner: Transport, poison: Poison): Transport {
  return {
    async unary(method, signal, timeout, header, input, context) {
      const response = await inner.unary(method, signal, timeout, header, input, context);
      return { ...response, message: poisoned(method.output, response.message, poison) };
    },
    async stream(method, signal, timeout, header, input, context) {
      const response = await inner.stream(method, signal, timeout, header, input, context);
      return { ...response, message: each(method.output, response.message, poison) };
    },
  };
}

async function* each<O extends DescMessage>(
  schema: O,
  messages: AsyncIterable<MessageShape<O>>,
  poison: Poison,
): AsyncGenerator<MessageShape<O>> {
  for await (const message of messages) yield poisoned(schema, message, poison);
}

/** Changes the message in place, by its descriptor: nothing is left out because nobody thought of it. */
function poisoned<O extends DescMessage>(
  schema: O,
  message: MessageShape<O>,
  poison: Poison,
): MessageShape<O> {
  fill(reflect(schema, message), poison, DEPTH);
  return message;
}

function fill(message: ReflectMessage, poison: Poison, depth: number): void {
  if (message.desc.typeName.startsWith('google.protobuf.')) return;
  for (const field of message.fields) {
    const text = poison({ message: message.desc.typeName, name: field.name });
    // Which of several is there is the server's choice, not made anew here.
    const there = !field.oneof || message.isSet(field);
    switch (field.fieldKind) {
      case 'scalar':
        if (field.scalar === ScalarType.STRING && there && text !== undefined) message.set(field, text);
        break;
      case 'list': {
        const list = message.get(field);
        if (field.listKind === 'scalar' && field.scalar === ScalarType.STRING && text !== undefined) {
          const length = Math.max(1, list.size);
          list.clear();
          for (let i = 0; i < length; i++) list.add(text);
        } else if (field.listKind === 'message' && !field.message.typeName.startsWith('google.protobuf.')) {
          if (list.size === 0 && depth > 0 && text !== undefined) list.add(reflect(field.message));
          for (const item of list) if (isMessage(item)) fill(item, poison, depth - 1);
        }
        break;
      }
      case 'map': {
        const map = message.get(field);
        if (field.mapKey !== ScalarType.STRING || text === undefined) break;
        if (field.mapKind === 'scalar' && field.scalar === ScalarType.STRING) {
          map.clear();
          map.set(text, text);
        } else if (field.mapKind === 'message') {
          for (const [, item] of map) if (isMessage(item)) fill(item, poison, depth - 1);
        }
        break;
      }
      case 'message': {
        if (!there || field.message.typeName.startsWith('google.protobuf.')) break;
        if (!message.isSet(field)) {
          if (depth <= 0) break;
          message.set(field, reflect(field.message));
        }
        fill(message.get(field), poison, depth - 1);
        break;
      }
      case 'enum':
        break;
    }
  }
}

const isMessage = (value: unknown): value is ReflectMessage =>
  typeof value === 'object' && value !== null && 'desc' in value && 'fields' in value;

/** Elements and attributes that a page of this console never has. */
const FOREIGN =
  'script, iframe, frame, object, embed, link, style, base, meta, animate, foreignObject, math, video, audio, form[action], img[src], [srcdoc], [formaction]';

/** What got from a text into the structure of the page. */
export function injected(root: ParentNode): string[] {
  const found = [...root.querySelectorAll(FOREIGN)].map((element) => `<${element.localName}>`);
  for (const element of root.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const address = ['href', 'src', 'xlink:href', 'action'].includes(name);
      if (/^on/iu.test(name)) found.push(`${element.localName}[${name}]`);
      if (address && !/^(?:\/(?!\/)|#)/u.test(value)) found.push(`${name}=${value.slice(0, 80)}`);
      if (name === 'style' && /url\(|;\s*background|expression/iu.test(value)) found.push(`style=${value}`);
    }
  }
  return found;
}

/** A text of the page that a person reads or hears, and where it stands. */
export interface Shown {
  readonly text: string;
  readonly place: string;
}

/** Its text, labels, hints, titles and what fields hold. */
export function shownTexts(root: Node & ParentNode): Shown[] {
  const texts: Shown[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { nodeValue, parentElement } = walker.currentNode;
    texts.push({ text: nodeValue ?? '', place: placeOf(parentElement) });
  }
  for (const element of root.querySelectorAll('*')) {
    for (const { name, value } of element.attributes)
      if (name.startsWith('aria-') || ['title', 'alt', 'placeholder', 'label'].includes(name))
        texts.push({ text: value, place: `${placeOf(element)}[${name}]` });
  }
  return texts;
}

const placeOf = (element: Element | null): string =>
  [element?.parentElement, element]
    .map((one) => (one ? `${one.localName}.${one.getAttribute('class') ?? ''}` : ''))
    .join(' > ');

/** Controls, zero-width, reordering and unassigned characters: what `proseText` and `escapeText` both spell out. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

/** One of each is enough, and quick. The entry is of a server that may be written to. */
export function smallWorld(): World {
  const world = new World(2);
  world.entries.shift();
  world.agents.length = 1;
  const [entry] = world.entries;
  if (entry) entry.expiresAt = timestampFromMs(Date.now() + 2 * 3_600_000);
  return world;
}

/** Until nothing is fetched any more, and what was fetched is drawn. */
export async function settled(client: QueryClient): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    await act(() => new Promise((resolve) => setTimeout(resolve, 0)));
    if (turn > 2 && client.isFetching() === 0) return;
  }
}
