import type { Warning } from '@muster/api';
import { useState } from 'react';
import { Button, proseText } from '../../components/index.ts';

/** What was read and put away, as long as the page lives. What is told anew has another text, and shows again. */
const putAway = new Set<string>();

/** Connections whose channels could not be read, each with its reason; what else there is to know can be put away. */
export function ChannelWarnings({ warnings }: { readonly warnings: readonly Warning[] }) {
  const [, setCount] = useState(putAway.size);
  return warnings
    .filter(({ text }) => !putAway.has(text))
    .map(({ code, text }) => (
      <div key={`${code}${proseText(text)}`} className="groups-warning" role="status">
        {proseText(text)}
        {code === 'sessions' && (
          <>
            {' '}
            <Button
              small
              variant="quiet"
              onClick={() => {
                putAway.add(text);
                setCount(putAway.size);
              }}
            >
              Dismiss
            </Button>
          </>
        )}
      </div>
    ));
}
