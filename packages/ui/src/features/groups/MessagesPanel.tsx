import type { Channel, Message } from '@muster/api';
import { type KeyboardEvent, useId, useState } from 'react';
import { AppLink, Button, EmptyState, ErrorState, proseText, Skeleton } from '../../components/index.ts';
import { keptWords } from './conversation.ts';
import { ConversationMenu } from './ConversationMenu.tsx';
import { MessageList } from './MessageList.tsx';
import { channelKey } from './names.ts';
import './conversation.css';

export type MessagesState =
  | { readonly state: 'unavailable'; readonly reason: string; readonly elsewhere: Channel | undefined }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | {
      readonly state: 'ready';
      /** Oldest first. */
      readonly messages: readonly Message[];
      /** So many came before them, and are not kept any more. */
      readonly earlier: bigint;
      /** From when on they were heard. */
      readonly since: Date | undefined;
    };

export interface MessagesPanelProps {
  readonly channel: string;
  readonly messages: MessagesState;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  /** Resolves with why it was not sent, or with undefined when it was. */
  readonly onSend: (text: string) => Promise<string | undefined>;
}

/** What is said in the channel, and saying something as its moderator. */
export function MessagesPanel({ channel, messages, draft, onDraft, onSend }: MessagesPanelProps) {
  return (
    <section className="groups-talk" aria-label="Messages">
      <div className="talk-head">
        <h2>Messages</h2>
        {messages.state === 'ready' && messages.messages.length > 0 && (
          <>
            <span
              className="groups-small num talk-kept"
              title="The last 1,000 messages are kept, fewer where they are long, as long as the gateway runs."
            >
              {keptWords(messages.messages.length, messages.earlier, messages.since)}
            </span>
            <ConversationMenu channel={channel} messages={messages.messages} />
          </>
        )}
      </div>
      {messages.state === 'unavailable' && (
        <EmptyState title="Messages cannot be read here">
          {messages.elsewhere ? (
            <>
              Messages reach those only who have a session in the channel. Muster has one by{' '}
              <AppLink link={`/channels?channel=${encodeURIComponent(channelKey(messages.elsewhere))}`}>
                {messages.elsewhere.connection}
              </AppLink>
              : they are read and written there.
            </>
          ) : (
            proseText(messages.reason)
          )}
        </EmptyState>
      )}
      {messages.state === 'loading' && <Skeleton rows={5} />}
      {messages.state === 'failed' && <ErrorState error={messages.error} retry={messages.retry} />}
      {messages.state === 'ready' && messages.messages.length === 0 && (
        <EmptyState title="Nothing was said yet">
          Messages appear here as members send them, from the moment Muster joined the channel. The last 1,000
          are kept, as long as the gateway runs.
        </EmptyState>
      )}
      {messages.state === 'ready' && messages.messages.length > 0 && (
        <MessageList messages={messages.messages} />
      )}
      {messages.state === 'ready' && <Composer draft={draft} onDraft={onDraft} onSend={onSend} />}
    </section>
  );
}

type Sending =
  | { readonly state: 'idle' }
  | { readonly state: 'busy' }
  | { readonly state: 'failed'; readonly reason: string };

function Composer({ draft, onDraft, onSend }: Omit<MessagesPanelProps, 'channel' | 'messages'>) {
  const [sending, setSending] = useState<Sending>({ state: 'idle' });
  const hint = useId();
  const send = async () => {
    if (draft.trim() === '' || sending.state === 'busy') return;
    setSending({ state: 'busy' });
    const reason = await onSend(draft);
    // The text stays when it was not sent: nobody types it twice.
    if (reason === undefined) onDraft('');
    setSending(reason === undefined ? { state: 'idle' } : { state: 'failed', reason });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      className="groups-composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {sending.state === 'failed' && (
        <p role="alert" className="groups-refusal">
          Not sent: {proseText(sending.reason)}
        </p>
      )}
      <textarea
        aria-label="Message to the channel"
        aria-describedby={hint}
        rows={Math.min(6, draft.split('\n').length + 1)}
        placeholder="Say something to everyone in the channel"
        value={draft}
        readOnly={sending.state === 'busy'}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="groups-composer-foot">
        <span id={hint} className="groups-small">
          <kbd>Enter</kbd> sends · <kbd>Shift</kbd> <kbd>Enter</kbd> new line
        </span>
        <Button
          variant="primary"
          type="submit"
          busy={sending.state === 'busy'}
          disabledReason={draft.trim() === '' ? 'Write something first.' : undefined}
        >
          Send
        </Button>
      </div>
    </form>
  );
}
