import { escapeText } from '@muster/domain/display';
import { Select, TimeAgo, TrustDomainTag, NameText, proseText } from '../../components/index.ts';
import type { ChosenBundle } from './bundles.ts';

export interface BundlePickerProps {
  readonly bundles: readonly ChosenBundle[];
  /** The trust domain that the document needs. */
  readonly needed: string | undefined;
  readonly onChoose: (trustDomain: string, key: string) => void;
}

/** The bundles that are judged against: one for each trust domain, never mixed. */
export function BundlePicker({ bundles, needed, onChoose }: BundlePickerProps) {
  const own = bundles.find((bundle) => bundle.trustDomain === needed);
  const others = bundles.filter((bundle) => bundle !== own);
  return (
    <section className="inspect-bundles" aria-label="Judged against">
      <h3>Judged against</h3>
      {needed !== undefined && !own && (
        <p className="inspect-note-warn">
          No bundle of{' '}
          <b>
            <NameText name={needed} />
          </b>{' '}
          is known here. Drop its bundle to judge who issued the document.
        </p>
      )}
      {own && <BundleRow bundle={own} onChoose={onChoose} />}
      {others.length > 0 && (
        <details>
          <summary className="small">
            {others.length} other trust {others.length === 1 ? 'domain is' : 'domains are'} known, and not
            mixed in
          </summary>
          {others.map((bundle) => (
            <BundleRow key={bundle.trustDomain} bundle={bundle} onChoose={onChoose} />
          ))}
        </details>
      )}
    </section>
  );
}

function BundleRow({
  bundle,
  onChoose,
}: {
  readonly bundle: ChosenBundle;
  readonly onChoose: BundlePickerProps['onChoose'];
}) {
  const { trustDomain, chosen, choices } = bundle;
  return (
    <div className="inspect-bundle">
      <div className="row">
        <TrustDomainTag name={trustDomain} />
        <span className="small">
          {chosen.sequence === undefined ? 'no sequence' : `sequence ${chosen.sequence}`}
          {chosen.readAt && (
            <>
              {' '}
              · <TimeAgo prefix="read" at={chosen.readAt} />
            </>
          )}
        </span>
      </div>
      {choices.length > 1 ? (
        <Select
          aria-label={`Bundle of ${escapeText(trustDomain)}`}
          value={chosen.key}
          onChange={(key) => onChoose(trustDomain, key)}
          options={choices.map((choice) => ({
            value: choice.key,
            label:
              choice.sequence === undefined ? choice.source : `${choice.source}, sequence ${choice.sequence}`,
          }))}
        />
      ) : (
        <span className="small">{proseText(chosen.source)}</span>
      )}
    </div>
  );
}
