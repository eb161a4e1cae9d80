import { escapeText } from '@muster/domain/display';
import { type AuthoritySet, AuthoritySlot } from '@muster/api';
import { type AxisRow, Button, Chip, proseText, TimeAgo, TimeAxis, toDate } from '../../components/index.ts';
import { KeyName } from './KeyName.tsx';
import { Slots } from './Slots.tsx';
import { axisTone, kindWord, setState, slotState } from './words.ts';

interface Props {
  set: AuthoritySet;
  now: Date;
  selected: boolean;
  onOpen: () => void;
}

/** One kind of keys of one server: where each stands, and until when, as a picture. */
export function SetCard({ set, now, selected, onOpen }: Props) {
  const { tone, word } = setState(set);
  const name = `${kindWord(set.kind)} authorities of ${escapeText(set.trustDomain || set.connection)}`;
  return (
    <section className={selected ? 'card set-card set-selected' : 'card set-card'} aria-label={name}>
      <header className="set-head">
        <h3>{kindWord(set.kind)}</h3>
        <Chip tone={tone} reason={proseText(set.problem || set.summary)}>
          {word}
        </Chip>
        <span className="grow" />
        <Button small aria-pressed={selected} onClick={onOpen}>
          Steps and gates
        </Button>
      </header>
      <p className="small set-summary">{proseText(set.problem || set.summary)}</p>
      {!set.problem && (
        <>
          <Slots set={set} now={now.getTime()} />
          <TimeAxis
            label={`Validity of the ${name}`}
            rows={axisRows(set, now.getTime())}
            now={now}
            within={(row) => row.tone !== 'faint'}
          />
          {set.preparesAt && set.activatesAt && <Itself set={set} />}
        </>
      )}
    </section>
  );
}

/** What the marks on the axis say, in words. */
function Itself({ set }: { set: AuthoritySet }) {
  return (
    <p className="small set-itself">
      <span>
        prepares the next by itself <TimeAgo at={toDate(set.preparesAt)} />
      </span>
      <span>
        activates it by itself <TimeAgo at={toDate(set.activatesAt)} />
      </span>
    </p>
  );
}

function axisRows(set: AuthoritySet, now: number): AxisRow[] {
  return set.authorities.map((authority) => {
    const { word } = slotState(authority, now);
    const marks = [
      { at: toDate(set.preparesAt), text: 'prepares the next by itself' },
      { at: toDate(set.activatesAt), text: 'activates it by itself' },
    ].flatMap(({ at, text }) => (at ? [{ at, text }] : []));
    return {
      key: `${authority.slot} ${authority.id}`,
      label: (
        <>
          <KeyName id={authority.id} copy={false} />
          <span className="small axis-word">{word.split(',')[0]}</span>
        </>
      ),
      name: `${word} ${escapeText(authority.id)}`,
      from: toDate(authority.notBefore),
      to: toDate(authority.expiresAt),
      tone: axisTone(authority, now),
      ...(authority.slot === AuthoritySlot.ACTIVE && { marks }),
    };
  });
}
