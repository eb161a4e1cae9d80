import { type Bundle, type CompareBundlesResponse, type ComparedKey, KeySide } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  Button,
  Chip,
  EmptyState,
  ErrorState,
  Field,
  formatExact,
  Mono,
  proseText,
  Select,
  Skeleton,
  TimeAgo,
  toDate,
  type Tone,
} from '../../components/index.ts';
import { copyChoices, type CopyRef, copyRefText } from './copies.ts';

interface Props {
  bundles: readonly Bundle[];
  left: CopyRef | undefined;
  right: CopyRef | undefined;
  comparison: CompareBundlesResponse | undefined;
  error: unknown;
  retry: () => void;
  onChange: (side: { left?: string; right?: string }) => void;
}

/** Two copies of a bundle, or one at two moments, key by key. */
export function CompareView({ bundles, left, right, comparison, error, retry, onChange }: Props) {
  const choices = copyChoices(bundles).map((choice) => ({
    value: copyRefText(choice),
    label: describe(choice, bundles),
  }));
  const pick = (side: 'left' | 'right', value: CopyRef | undefined) => (
    <Field label={side === 'left' ? 'Left' : 'Right'}>
      <Select
        value={value ? copyRefText(value) : ''}
        onChange={(next) => onChange({ [side]: next })}
        options={[
          ...(value ? [] : [{ value: '', label: 'Choose a copy' }]),
          // A link may name a moment that is not kept any more.
          ...(value && !choices.some((choice) => choice.value === copyRefText(value))
            ? [{ value: copyRefText(value), label: describe(value, bundles) }]
            : []),
          ...choices,
        ]}
      />
    </Field>
  );
  return (
    <div className="compare">
      <div className="compare-sides">
        {pick('left', left)}
        <Button
          aria-label="Swap left and right"
          onClick={() =>
            onChange({ left: right ? copyRefText(right) : '', right: left ? copyRefText(left) : '' })
          }
        >
          ⇄
        </Button>
        {pick('right', right)}
      </div>
      {!left || !right ? (
        <EmptyState title="Two copies, key by key">
          Choose two: the bundle of a server and the copy another has of it, or one copy at two moments.
          Sequence numbers do not tell, for a copy that was fetched has none; keys do.
        </EmptyState>
      ) : error ? (
        <ErrorState error={error} retry={retry} />
      ) : !comparison ? (
        <Skeleton rows={4} />
      ) : (
        <Keys comparison={comparison} />
      )}
    </div>
  );
}

function describe({ connection, trustDomain, at }: CopyRef, bundles: readonly Bundle[]): string {
  const own = bundles.some(
    (bundle) => bundle.own && bundle.connection === connection && bundle.trustDomain === trustDomain,
  );
  return `${trustDomain} ${own ? 'of' : 'copy on'} ${connection}, ${at ? formatExact(at) : 'now'}`;
}

const SIDES: Record<KeySide, { tone: Tone; word: string; reason: string }> = {
  [KeySide.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'Not said.' },
  [KeySide.BOTH]: { tone: 'ok', word: 'in both', reason: 'The same key is in both.' },
  [KeySide.LEFT_ONLY]: {
    tone: 'warn',
    word: 'left only',
    reason: 'Whoever has the right copy refuses what it signed.',
  },
  [KeySide.RIGHT_ONLY]: {
    tone: 'warn',
    word: 'right only',
    reason: 'Whoever has the left copy refuses what it signed.',
  },
  [KeySide.DIFFERS]: { tone: 'warn', word: 'differs', reason: 'In both, but not alike.' },
};

function Keys({ comparison }: { comparison: CompareBundlesResponse }) {
  return (
    <>
      <p className="compare-summary" role="status">
        <b>{proseText(comparison.summary)}</b>
        <span className="small">
          {' '}
          Left as of <TimeAgo at={toDate(comparison.leftAt)} />, right as of{' '}
          <TimeAgo at={toDate(comparison.rightAt)} />.
        </span>
      </p>
      <table className="compare-keys">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Fingerprint or key ID</th>
            <th scope="col">Expires</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {comparison.keys.map((key) => (
            <Key key={`${key.kind} ${key.id}`} found={key} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Key({ found }: { found: ComparedKey }) {
  const { tone, word, reason } = SIDES[found.side];
  return (
    <tr>
      <td>{found.kind === 'x509' ? 'X.509' : 'JWT'}</td>
      <td>
        <Mono>{found.id}</Mono>
        <div className="small">{escapeText(found.text)}</div>
      </td>
      <td>
        <TimeAgo at={toDate(found.expiresAt)} none="not stated" />
      </td>
      <td>
        <Chip tone={tone} reason={proseText(found.difference) || reason}>
          {word}
        </Chip>
        {found.difference && <div className="small">{proseText(found.difference)}</div>}
      </td>
    </tr>
  );
}
