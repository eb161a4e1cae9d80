import type { Warning } from '@muster/api';
import { Button, proseText } from '../../components/index.ts';
import { usePutAway } from '../../stores/put-away.ts';

/** Connections whose channels could not be read, each with its reason; what else there is to know can be put away. */
export function ChannelWarnings({ warnings }: { readonly warnings: readonly Warning[] }) {
  const { texts, putAway } = usePutAway();
  return warnings
    .filter(({ code, text }) => code !== 'sessions' || !texts.includes(text))
    .map(({ code, text }) => (
      <div key={`${code}${proseText(text)}`} className="groups-warning" role="status">
        {proseText(text)}
        {code === 'sessions' && (
          <>
            {' '}
            <Button
              small
              variant="quiet"
              title="Not shown again in this window; one that comes anew is."
              onClick={() => putAway(text)}
            >
              Dismiss
            </Button>
          </>
        )}
      </div>
    ));
}
