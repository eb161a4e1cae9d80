import { CopyButton, SpiffeIdText } from '../../components/index.ts';
import type { Fact } from './facts.ts';

/** Decoded fields, whole and selectable. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(({ term, value, form, copy }, index) => (
        <div className="inspect-fact" data-whole={index === 0 && copy} key={term}>
          <dt>{term}</dt>
          <dd>
            {form === 'spiffe-id' ? (
              <SpiffeIdText id={value} copy={copy ?? false} />
            ) : (
              <span className="inspect-value">
                <span className={form === 'mono' ? 'mono' : undefined}>{value}</span>
                {copy && <CopyButton text={value} label={`Copy ${term}`} />}
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
