import type { ExplainResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { AppLink, CopyButton, formatCount, proseText, WarningNote } from '../../components/index.ts';
import { CandidateCard } from './CandidateCard.tsx';

/** The verdict in a sentence, what to do, and the entries it rests on. */
export function Answer({ answer, selectors }: { answer: ExplainResponse; selectors: string }) {
  const matching = answer.candidates.filter((one) => one.matches);
  const near = answer.candidates.filter((one) => !one.matches);
  const more = answer.matching - BigInt(matching.length);
  const tone = answer.hasIdentity ? 'ok' : near[0]?.mayMatch && matching.length === 0 ? 'warn' : 'bad';
  return (
    <div className="why-body">
      <div className={`why-verdict ${selectors.trim() === '' ? 'info' : tone}`} role="status">
        {proseText(answer.verdict)}
      </div>
      {answer.warnings.map((warning) => (
        <WarningNote key={warning.text} warning={warning} />
      ))}
      {answer.advice.length > 0 && (
        <section>
          <h2>What to do</h2>
          <ol className="why-advice">
            {answer.advice.map((advice) => (
              <li key={advice.code}>
                <b>{proseText(advice.title)}.</b> {proseText(advice.text)}
                {advice.snippet && (
                  <div className="why-snippet">
                    <pre>{escapeLines(advice.snippet)}</pre>
                    <CopyButton text={escapeLines(advice.snippet)} label="Copy" />
                  </div>
                )}
                {advice.link && (
                  <div>
                    <AppLink link={advice.link}>{proseText(advice.linkText) || 'Open'}</AppLink>
                  </div>
                )}
              </li>
            ))}
          </ol>
        </section>
      )}
      {matching.length > 0 && (
        <section>
          <h2>
            {answer.matchingIsEstimate ? 'At least ' : ''}
            {formatCount(answer.matching)} {answer.matching === 1n ? 'entry matches' : 'entries match'}
          </h2>
          {matching.map((one) => (
            <CandidateCard
              key={`${one.entry?.connection}/${one.entry?.id}`}
              candidate={one}
              open={matching.length < 4}
            />
          ))}
          {more > 0n && <p className="small">And {formatCount(more)} more with the same selectors.</p>}
        </section>
      )}
      {near.length > 0 && (
        <section>
          <h2>{selectors.trim() === '' ? 'The entry' : 'Nearest misses'}</h2>
          {near.map((one, index) => (
            <CandidateCard
              key={`${one.entry?.connection}/${one.entry?.id}`}
              candidate={one}
              open={index < 2 && matching.length === 0}
              alone={selectors.trim() === ''}
            />
          ))}
        </section>
      )}
      {answer.bounded && <p className="small">{proseText(answer.bounded)}</p>}
    </div>
  );
}

const escapeLines = (text: string): string => text.split('\n').map(escapeText).join('\n');
