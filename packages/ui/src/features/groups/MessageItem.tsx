import type { Message } from '@muster/api';
import { escapeText } from '@muster/domain';
import { memo, type Ref, useState } from 'react';
import {
  Button,
  CopyButton,
  formatClock,
  formatCount,
  formatExact,
  NameText,
  saidText,
  toDate,
  Tooltip,
} from '../../components/index.ts';
import { isText, sameSender } from './conversation.ts';
import { lastPart, shortInstance } from './names.ts';
import './session.css';

/** More of one message is shown on demand, so that one does not hide the others. */
const SHOWN_CHARACTERS = 1200;
const SHOWN_LINES = 16;

interface Props {
  readonly ref: Ref<HTMLLIElement>;
  readonly index: number;
  readonly count: number;
  /** Pixels from the top of the list. */
  readonly start: number;
  readonly message: Message;
  readonly before: Message | undefined;
}

/** One message in its place in the list; under the one before when both are of one sender. */
export const MessageItem = memo(({ ref, index, count, start, message, before }: Props) => {
  const follows = sameSender(before, message);
  return (
    <li
      ref={ref}
      className="groups-message"
      data-index={index}
      data-own={message.own}
      data-follows={follows}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${start}px)` }}
    >
      {!follows && <Head message={message} />}
      {isText(message) ? <Text message={message} /> : <Payload message={message} />}
    </li>
  );
});

function Head({ message }: { readonly message: Message }) {
  const at = toDate(message.at);
  return (
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
      {message.fromIdentity === '' && !message.own && (
        <Tooltip content="The message came without a token that names its sender: the name is what it calls itself, and nobody vouches for it.">
          <span className="talk-unproven" tabIndex={0}>
            identity unknown
          </span>
        </Tooltip>
      )}
      {at && (
        <time className="groups-muted" dateTime={at.toISOString()} title={formatExact(at)}>
          {formatClock(at)}
        </time>
      )}
    </div>
  );
}

function Text({ message }: { readonly message: Message }) {
  const [open, setOpen] = useState(false);
  const { text, textCut, payloadType, payloadBytes } = message;
  const beginning = beginningOf(text);
  const long = beginning.length < text.length;
  return (
    <>
      {/* dir=auto isolates right-to-left text, so that it cannot rearrange what stands beside it. */}
      <p dir="auto">
        {saidText(long && !open ? `${beginning}…` : text)}
        <span className="talk-copy">
          <CopyButton text={text} label="Copy this message" />
        </span>
      </p>
      {long && (
        <Button small variant="quiet" onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
        </Button>
      )}
      {textCut && (
        <p className="session-payload">
          The beginning of {formatCount(payloadBytes)} bytes; more than 64 KiB of a message is not kept.
        </p>
      )}
      {payloadType !== '' && !/^(text|msg|utf-?8)/iu.test(payloadType) && (
        <span className="groups-small">payload type {escapeText(payloadType)}</span>
      )}
    </>
  );
}

function Payload({ message: { payloadType, payloadBytes } }: { readonly message: Message }) {
  return (
    <p className="session-payload">
      {escapeText(payloadType) || 'no payload type'} · {formatCount(payloadBytes)}{' '}
      {payloadBytes === 1 ? 'byte' : 'bytes'}, not text
    </p>
  );
}

function beginningOf(text: string): string {
  const lines = text.slice(0, SHOWN_CHARACTERS).split('\n', SHOWN_LINES);
  const beginning = lines.join('\n');
  // A little more than fits is shown at once.
  return text.length < beginning.length + 200 && lines.length < SHOWN_LINES ? text : beginning;
}
