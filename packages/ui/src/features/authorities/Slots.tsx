import { type Authority, type AuthoritySet, AuthoritySlot, StepState } from '@muster/api';
import { Chip, formatCount, TimeAgo, toDate, Tooltip } from '../../components/index.ts';
import { KeyName } from './KeyName.tsx';
import { slotState, stepWords } from './words.ts';

interface Place {
  title: string;
  empty: string;
  holds: (authority: Authority) => boolean;
}

const trusted = (one: Authority) => one.slot === AuthoritySlot.OLD && one.inBundle;

const PLACES: readonly Place[] = [
  { title: 'Prepared', empty: 'none', holds: (one) => one.slot === AuthoritySlot.PREPARED },
  { title: 'Active', empty: 'none', holds: (one) => one.slot === AuthoritySlot.ACTIVE },
  { title: 'Old', empty: 'none', holds: (one) => trusted(one) && !one.tainted },
  { title: 'Tainted', empty: 'none', holds: (one) => trusted(one) && one.tainted },
  { title: 'Gone', empty: 'none', holds: (one) => one.slot === AuthoritySlot.OLD && !one.inBundle },
];

/** Where each key stands on its way: prepared, active, old, tainted, gone; with the step that moves it on. */
export function Slots({ set, now }: { set: AuthoritySet; now: number }) {
  const steps = set.steps;
  return (
    <ol className="slots" aria-label="Slots">
      {PLACES.map((place, i) => {
        const inside = set.authorities.filter(place.holds);
        // The step that leads into this place: prepare into the first, activate into the second, …
        const step = steps[i === 0 ? 0 : i <= 1 ? 1 : i - 1];
        const into = i === 2 ? undefined : step;
        const next = into?.state === StepState.NEXT && into.possible;
        return (
          <li key={place.title} className={inside.length > 0 ? 'slot slot-full' : 'slot'}>
            <div className="slot-head">
              <b>{place.title}</b>
              {into && next && (
                <span className="slot-next">
                  next: {stepWords(into.action, set.kind).title.split(' ')[0]?.toLowerCase()}
                </span>
              )}
            </div>
            {inside.length === 0 ? (
              <span className="small">{place.empty}</span>
            ) : (
              inside.map((one) => <Key key={one.id} authority={one} now={now} />)
            )}
          </li>
        );
      })}
    </ol>
  );
}

function Key({ authority, now }: { authority: Authority; now: number }) {
  const { tone, word } = slotState(authority, now);
  return (
    <div className="slot-key">
      <KeyName id={authority.id} />
      <div className="small">
        expires <TimeAgo at={toDate(authority.expiresAt)} none="at no stated time" />
      </div>
      {authority.svids > 0n && (
        <Tooltip content="X.509-SVIDs on the Workload APIs connected here that it signed.">
          <span className="small" tabIndex={0}>
            {formatCount(authority.svids)} live {authority.svids === 1n ? 'SVID' : 'SVIDs'}
          </span>
        </Tooltip>
      )}
      {/* Its place says the rest. */}
      {(tone === 'bad' || tone === 'warn') && (
        <Chip tone={tone} reason={authority.note}>
          {word}
        </Chip>
      )}
    </div>
  );
}
