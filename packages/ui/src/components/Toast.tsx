import { useEffect } from 'react';
import { create } from 'zustand';
import './Toast.css';

interface Message {
  id: number;
  text: string;
  tone: 'ok' | 'bad';
}
interface Store {
  messages: readonly Message[];
  show: (text: string, tone?: Message['tone']) => void;
  drop: (id: number) => void;
}

const useToasts = create<Store>((set) => ({
  messages: [],
  show: (text, tone = 'ok') =>
    set((state) => ({
      messages: [...state.messages.slice(-2), { id: (state.messages.at(-1)?.id ?? 0) + 1, text, tone }],
    })),
  drop: (id) => set((state) => ({ messages: state.messages.filter((message) => message.id !== id) })),
}));

/** Says in passing that something was done. Anything a person must act on stands on the page instead. */
export const useToast = () => useToasts((state) => state.show);

export function Toast() {
  const messages = useToasts((state) => state.messages);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {messages.map((message) => (
        <OneToast key={message.id} message={message} />
      ))}
    </div>
  );
}

function OneToast({ message }: { message: Message }) {
  const drop = useToasts((state) => state.drop);
  useEffect(() => {
    const timer = setTimeout(() => drop(message.id), 5000);
    return () => clearTimeout(timer);
  }, [drop, message.id]);
  return (
    <div className={`toast ${message.tone}`}>
      {message.text}
      <button type="button" aria-label="Dismiss" onClick={() => drop(message.id)}>
        ×
      </button>
    </div>
  );
}
