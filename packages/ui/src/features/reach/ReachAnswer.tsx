import type { ReachPlace, ReachRemedy, ReachResponse, ReachStep } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  actionInput,
  AppLink,
  Button,
  Chip,
  CopyButton,
  formatCount,
  Mono,
  NameText,
  proseText,
  TimeAgo,
  toDate,
  WarningNote,
} from '../../components/index.ts';
import type { Asking } from './ReachView.tsx';
import { WayPicture } from './WayPicture.tsx';
import { asText, kindWords, partsOf, stateWords, verdictWords } from './words.ts';

interface Props {
  answer: ReachResponse;
  asking: Asking;
  at: Date;
  onRemedy: (remedy: ReachRemedy) => void;
}

/** The verdict, the way as a picture, and each thing that was looked at. */
export function ReachAnswer({ answer, asking, at, onRemedy }: Props) {
  const verdict = verdictWords(answer);
  const first = answer.firstWrong === undefined ? undefined : answer.steps[answer.firstWrong];
  return (
    <div className="reach-body">
      <div className={`reach-verdict ${verdict.tone}`} role="status">
        <b>{verdict.word}.</b> <span className="reach-summary">{proseText(answer.summary)}</span>
        <CopyButton text={asText(answer, at)} label="Copy the answer as text" />
      </div>
      {answer.warnings.map((warning) => (
        <WarningNote key={warning.text} warning={warning} />
      ))}
      {first && first.remedies.length > 0 && (
        <section aria-label="What to do">
          <h2>What to do</h2>
          <Remedies remedies={first.remedies} onRemedy={onRemedy} />
        </section>
      )}
      <WayPicture answer={answer} />
      {answer.path.length > 1 && (
        <p className="small reach-map">
          <Link
            to="/network"
            search={{
              from: answer.from,
              ...(answer.to && { to: answer.to }),
              ...(asking.channel && { channel: asking.channel }),
              ...(answer.connection && { cp: answer.connection }),
            }}
          >
            Show it on the map
          </Link>
        </p>
      )}
      {answer.to === '' && answer.places.length > 0 && (
        <Places places={answer.places} connection={answer.connection} />
      )}
      <section aria-label="What was looked at">
        <h2>In the order a message meets it</h2>
        {partsOf(answer.steps).map(({ kind, steps }) => (
          <div className="reach-part" key={kind}>
            <h3>{kindWords(kind)}</h3>
            <ol start={(steps[0]?.index ?? 0) + 1}>
              {steps.map(({ step, index }) => (
                <Step key={`${index} ${step.title}`} step={step} first={step === first} onRemedy={onRemedy} />
              ))}
            </ol>
          </div>
        ))}
      </section>
    </div>
  );
}

function Step({ step, first, onRemedy }: { step: ReachStep; first: boolean; onRemedy: Props['onRemedy'] }) {
  const words = stateWords(step);
  const seen = toDate(step.asOf);
  return (
    <li
      className={`reach-step ${words.tone}${first ? ' first' : ''}`}
      aria-current={first ? 'step' : undefined}
    >
      <div className="reach-step-head">
        <Chip tone={words.tone} reason={proseText(step.detail)}>
          {first ? 'first wrong' : words.word}
        </Chip>
        <span className="reach-step-title">{proseText(step.title)}</span>
        <span className="grow" />
        {seen && (
          <span className="small reach-age">
            <TimeAgo at={seen} prefix="as of" />
          </span>
        )}
        {step.link && (
          <AppLink className="reach-show" link={step.link}>
            Show
          </AppLink>
        )}
      </div>
      <p>{proseText(step.detail)}</p>
      {!first && step.remedies.length > 0 && <Remedies remedies={step.remedies} onRemedy={onRemedy} />}
    </li>
  );
}

/** What mends it: a change to review, a page, or advice. */
function Remedies({ remedies, onRemedy }: { remedies: readonly ReachRemedy[]; onRemedy: Props['onRemedy'] }) {
  return (
    <ul className="reach-remedies">
      {remedies.map((remedy) => (
        <li key={remedy.title}>
          {actionInput(remedy.input) ? (
            <Button small onClick={() => onRemedy(remedy)}>
              {proseText(remedy.title)}…
            </Button>
          ) : remedy.link ? (
            <>
              {proseText(remedy.title)} <AppLink link={remedy.link}>Open</AppLink>
            </>
          ) : (
            proseText(remedy.title)
          )}
        </li>
      ))}
    </ul>
  );
}

/** Who of a channel is where. */
function Places({ places, connection }: { places: readonly ReachPlace[]; connection: string }) {
  return (
    <section aria-label="Who is where">
      <h2>Who is where</h2>
      <table className="reach-places">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Members</th>
            <th scope="col">Online</th>
            <th scope="col">Offline</th>
            <th scope="col">Names</th>
          </tr>
        </thead>
        <tbody>
          {places.map(({ node, members, online, offline, names }) => (
            <tr key={node}>
              <td>
                {node ? (
                  <Link to="/network" search={{ tab: 'nodes', open: 'node', id: node, on: connection }}>
                    <Mono>{node}</Mono>
                  </Link>
                ) : (
                  'on no node that is known'
                )}
              </td>
              <td className="num">{formatCount(members)}</td>
              <td className="num">{online === 0 && offline === 0 ? 'not told' : formatCount(online)}</td>
              <td className="num">{online === 0 && offline === 0 ? 'not told' : formatCount(offline)}</td>
              <td>
                {names.slice(0, 4).map((name) => (
                  <span className="reach-name" key={name}>
                    <NameText name={name.split('/').slice(0, 3).join('/')} />
                  </span>
                ))}
                {members > 4 && <span className="small"> and {formatCount(members - 4)} more</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
