import type { ReachRemedy } from '@muster/api';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { actionInput, PlanReview } from '../../components/index.ts';
import {
  type Question,
  useChannels,
  useControlPlanes,
  useMembers,
  useReach,
  useRoutedNames,
} from './queries.ts';
import { type Asking, ReachView } from './ReachView.tsx';
import { nameProblem } from './words.ts';

const SETTLED = 350;

/** Why does no message arrive? The address holds the question. */
export function ReachPage() {
  const search = useSearch({ from: '/reach' });
  const navigate = useNavigate({ from: '/reach' });
  const asking: Asking = {
    from: search.from ?? '',
    to: search.to ?? '',
    channel: search.channel ?? '',
    cp: search.cp ?? '',
  };
  const settled = useSettled(asking);
  const question = questionOf(settled);
  const answer = useReach(question);
  const channels = useChannels();
  const planes = useControlPlanes();
  const [remedy, setRemedy] = useState<ReachRemedy>();
  const all = channels.data?.channels ?? [];
  const members = useMembers(all.find(({ name }) => name === settled.channel));
  const routed = useRoutedNames('', settled.cp);
  const typed = useRoutedNames(settled.to || settled.from, settled.cp);
  const input = remedy && actionInput(remedy.input);
  return (
    <>
      <ReachView
        asking={asking}
        onChange={(next) =>
          void navigate({
            search: {
              ...(next.from && { from: next.from }),
              ...(next.to && { to: next.to }),
              ...(next.channel && { channel: next.channel }),
              ...(next.cp && { cp: next.cp }),
            },
            replace: true,
          })
        }
        names={[
          ...new Set([...members, ...(channels.data?.candidates ?? []), ...typed, ...routed]),
        ].toSorted()}
        channels={[...new Set(all.map(({ name }) => name))]}
        planes={planes.data?.controlPlanes.map(({ connection }) => connection) ?? []}
        answer={question ? answer.data : undefined}
        at={answer.dataUpdatedAt ? new Date(answer.dataUpdatedAt) : undefined}
        loading={question !== undefined && (answer.isPending || answer.isPlaceholderData)}
        looking={answer.isFetching}
        error={question ? answer.error : undefined}
        again={() => void answer.refetch()}
        onRemedy={setRemedy}
      />
      {remedy && input && (
        <PlanReview
          action={remedy.action}
          input={input}
          onCancel={() => setRemedy(undefined)}
          onLeave={() => setRemedy(undefined)}
          onDone={() => {
            setRemedy(undefined);
            void answer.refetch();
          }}
        />
      )}
    </>
  );
}

/** What was typed, once typing has stopped. */
function useSettled({ from, to, channel, cp }: Asking): Asking {
  const [settled, setSettled] = useState<Asking>({ from, to, channel, cp });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ from, to, channel, cp }), SETTLED);
    return () => clearTimeout(timer);
  }, [from, to, channel, cp]);
  return settled;
}

function questionOf({ from, to, channel, cp }: Asking): Question | undefined {
  const [a, b, c] = [from.trim(), to.trim(), channel.trim()];
  if ([a, b, c].some((one) => nameProblem(one) !== undefined)) return undefined;
  if (c === '' && (a === '' || b === '')) return undefined;
  return { from: a, to: b, channel: c, connection: cp };
}
