import type { Message } from '@muster/api';
import { escapeText } from '@muster/domain';
import { useLayoutEffect, useRef, useState } from 'react';
import {
  Button,
  formatClock,
  formatCount,
  formatExact,
  NameText,
  saidText,
  toDate,
} from '../../components/index.ts';
import { lastPart, shortInstance } from './names.ts';
import './session.css';

/** Messages, oldest first, kept at the end while the reader is there and left alone when not. */
export function MessageList({ messages }: { readonly messages: readonly Message[] }) {
  const list = useRef<HTMLOListElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const toEnd = () => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (atEnd) toEnd();
  });
  const onScroll = () => {
    const element = list.current;
    if (element) setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  };
  return (
    <div className="groups-messages-frame">
      <ol
        className="groups-messages"
        ref={list}
        onScroll={onScroll}
        role="log"
        aria-label="Messages"
        tabIndex={0}
      >
        {messages.map((message, index) => (
          <MessageItem
            key={message.id}
            message={message}
            follows={sameSender(messages[index - 1], message)}
          />
        ))}
      </ol>
      {!atEnd && (
        <div className="groups-to-end">
          <Button onClick={toEnd}>To the newest ↓</Button>
        </div>
      )}
    </div>
  );
}

function MessageItem({ message, follows }: { readonly message: Message; readonly follows: boolean }) {
  const at = toDate(message.at);
  return (
    <li className="groups-message" data-own={message.own} data-follows={follows}>
      {!follows && (
        <div className="groups-message-head">
          <strong
            title={escapeText(`${message.from}${message.fromInstance ? ` · ${message.fromInstance}` : ''}`)}
          >
            {message.own ? 'you' : <NameText name={lastPart(message.from)} />}
          </strong>
          {message.fromInstance !== '' && !message.own && (
            <span className="groups-mono groups-muted">{shortInstance(message.fromInstance)}</span>
          )}
          {message.fromIdentity !== '' && !message.own && message.fromIdentity !== message.from && (
            <span
              className="groups-muted session-identity"
              title="Whom the sender’s token names, as SLIM verified it"
            >
              <NameText name={message.fromIdentity} />
            </span>
          )}
          {at && (
            <time className="groups-muted" dateTime={at.toISOString()} title={formatExact(at)}>
              {formatClock(at)}
            </time>
          )}
        </div>
      )}
      {isText(message) ? (
        // dir=auto isolates right-to-left text, so that it cannot rearrange what stands beside it.
        <p dir="auto">{saidText(message.text)}</p>
      ) : (
        <p className="session-payload">
          {escapeText(message.payloadType) || 'no payload type'} · {formatCount(message.payloadBytes)}{' '}
          {message.payloadBytes === 1 ? 'byte' : 'bytes'}, not text
        </p>
      )}
      {isText(message) && message.payloadType !== '' && !/^(text|msg|utf-?8)/iu.test(message.payloadType) && (
        <span className="groups-small">payload type {escapeText(message.payloadType)}</span>
      )}
    </li>
  );
}

/** Text is empty where the payload is none. */
const isText = ({ text, payloadBytes }: Message): boolean => text !== '' || payloadBytes === 0;

/** Within a minute of the same sender: one head for both. */
function sameSender(before: Message | undefined, message: Message): boolean {
  if (!before || before.from !== message.from || before.fromInstance !== message.fromInstance) return false;
  const [first, second] = [toDate(before.at), toDate(message.at)];
  return !first || !second || second.getTime() - first.getTime() < 60_000;
}
