import type { Channel } from '@muster/api';
import { useState } from 'react';
import { errorWords, toDate } from '../../components/index.ts';
import { MessagesPanel, type MessagesState } from './MessagesPanel.tsx';
import { channelKey } from './names.ts';
import { useMessages, useSendMessage } from './queries.ts';

/** What was typed and not sent, by channel; it lives as long as the page. */
export type Drafts = Map<string, string>;

interface Props {
  readonly channel: Channel;
  /** The same channel where a session of ours is in it: its messages are read there. */
  readonly elsewhere: Channel | undefined;
  readonly drafts: Drafts;
}

/** Fetches the messages of one channel; apart from the page around them, which a message does not change. */
export function Conversation({ channel, elsewhere, drafts }: Props) {
  const { connection, name } = channel;
  const messages = useMessages(connection, name, channel.canMessage);
  const send = useSendMessage();
  const [draft, setDraft] = useState(drafts.get(channelKey(channel)) ?? '');
  return (
    <MessagesPanel
      channel={name}
      messages={messagesState(channel, elsewhere, messages)}
      draft={draft}
      onDraft={(text) => {
        drafts.set(channelKey(channel), text);
        setDraft(text);
      }}
      onSend={(text) =>
        send.mutateAsync({ connection, channel: name, text }).then(
          () => undefined,
          (error: unknown) => errorWords(error).why,
        )
      }
    />
  );
}

function messagesState(
  channel: Channel,
  elsewhere: Channel | undefined,
  query: ReturnType<typeof useMessages>,
): MessagesState {
  if (!channel.canMessage) {
    return {
      state: 'unavailable',
      elsewhere,
      reason:
        channel.lockedReason ||
        (channel.managedBy === 'slim-control-plane' &&
          'A control plane passes no messages: they reach those only who have a session in the channel.') ||
        'Messages reach those only who have a session in the channel. Muster has none here; with “Take part” it is invited.',
    };
  }
  if (query.data) {
    const { messages, earlier, since } = query.data;
    return { state: 'ready', messages, earlier, since: toDate(since) };
  }
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
