import type { Message } from '@muster/api';
import { observeElementRect, useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { Button, formatCount } from '../../components/index.ts';
import { MessageItem } from './MessageItem.tsx';
import './conversation.css';

const AT_END_PX = 24;
/** Height of a message of one line. */
const ESTIMATED_PX = 24;
/** What is drawn of a list that has no height yet. */
const ASSUMED_PX = 400;

/** Messages, oldest first, kept at the end while the reader is there and left alone when not. */
export function MessageList({ messages }: { readonly messages: readonly Message[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  /** The last message that was seen, once the reader has left the end. */
  const [left, setLeft] = useState<bigint>();
  const virtual = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_PX,
    getItemKey: (index) => messages[index]?.id ?? index,
    overscan: 4,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    observeElementRect: (instance, told) =>
      observeElementRect(instance, ({ width, height }) => told({ width, height: height || ASSUMED_PX })),
  });
  useLayoutEffect(() => {
    virtual.scrollToEnd();
    // Once, when it is opened; from then on it follows of itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const newest = messages.at(-1)?.sequence ?? 0n;
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    // Not the virtualizer’s own answer: it hears of the same scrolling, and maybe later.
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    setLeft((before) => (atEnd ? undefined : (before ?? newest)));
  };
  const newer = left === undefined ? 0 : messages.filter(({ sequence }) => sequence > left).length;
  return (
    <div className="groups-messages-frame">
      <div
        className="groups-messages"
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-label="Messages"
        tabIndex={0}
      >
        <ol className="talk-list" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const message = messages[index];
            return (
              message && (
                <MessageItem
                  key={key}
                  ref={virtual.measureElement}
                  index={index}
                  count={messages.length}
                  start={start}
                  message={message}
                  before={messages[index - 1]}
                />
              )
            );
          })}
        </ol>
      </div>
      {left !== undefined && (
        <div className="groups-to-end">
          <Button onClick={() => virtual.scrollToEnd()}>
            {newer > 0 ? `${formatCount(newer)} newer ↓` : 'To the newest ↓'}
          </Button>
        </div>
      )}
    </div>
  );
}
