import type { Message } from '@muster/api';
import { useState } from 'react';
import { Button, Menu, saveText } from '../../components/index.ts';
import { conversationCsv, conversationJson, conversationText } from './conversation.ts';

const FORMATS = [
  {
    label: 'Save as text, a line a message',
    extension: 'txt',
    type: 'text/plain',
    write: conversationText,
  },
  { label: 'Save as CSV', extension: 'csv', type: 'text/csv', write: conversationCsv },
  { label: 'Save as JSON lines', extension: 'jsonl', type: 'application/jsonl', write: conversationJson },
];

interface Props {
  readonly channel: string;
  readonly messages: readonly Message[];
}

/** Copies the conversation, or saves it as a file. */
export function ConversationMenu({ channel, messages }: Props) {
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const finish = (word: string) => {
    setOpen(false);
    anchor?.focus();
    setSaid(word);
    setTimeout(() => setSaid(''), 2500);
  };
  const copy = () =>
    navigator.clipboard.writeText(conversationText(messages)).then(
      () => finish('Copied'),
      () => finish('Could not copy'),
    );
  return (
    <>
      <Button
        small
        ref={setAnchor}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span aria-live="polite">{said === '' ? 'Export ▾' : said}</span>
      </Button>
      {open && anchor && (
        <Menu anchor={anchor} label="Export the conversation" onClose={() => setOpen(false)}>
          <div className="menu-list">
            <button type="button" className="menu-option" onClick={() => void copy()}>
              <span>Copy as text</span>
            </button>
            {FORMATS.map(({ label, extension, type, write }) => (
              <button
                key={extension}
                type="button"
                className="menu-option"
                onClick={() => {
                  saveText(`${channel.replaceAll('/', '-')}-messages.${extension}`, type, write(messages));
                  finish('Saved');
                }}
              >
                <span>{label}</span>
              </button>
            ))}
          </div>
        </Menu>
      )}
    </>
  );
}
