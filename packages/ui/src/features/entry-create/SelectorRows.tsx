import { keysOfType, selectorKeys } from '@muster/domain/selector-vocabulary';
import { useId } from 'react';
import { Button, TextInput } from '../../components/index.ts';
import type { SelectorDraft } from './draft.ts';

const TYPES = [...new Set(selectorKeys.map(({ type }) => type))];

/** A value as an attestor of the type writes it. */
function exampleOf(type: string): string {
  const [first] = keysOfType(type);
  if (!first) return 'value';
  return first.key === '' ? first.example : `${first.key}:${first.example}`;
}

interface Props {
  selectors: readonly SelectorDraft[];
  /** Types that entries of the server use. */
  types: readonly string[];
  problem: string | undefined;
  onChange: (selectors: readonly SelectorDraft[]) => void;
  onLeave: () => void;
}

export function SelectorRows({ selectors, types, problem, onChange, onLeave }: Props) {
  const list = useId();
  const set = (at: number, part: Partial<SelectorDraft>) =>
    onChange(selectors.map((one, i) => (i === at ? { ...one, ...part } : one)));
  // `k8s:ns:web` pasted into the type is taken apart.
  const setType = (at: number, text: string) => {
    const colon = text.indexOf(':');
    if (colon > 0 && !selectors[at]?.value)
      set(at, { type: text.slice(0, colon), value: text.slice(colon + 1) });
    else set(at, { type: text });
  };
  return (
    <div className={problem ? 'selectors invalid' : 'selectors'}>
      {selectors.map(({ type, value }, i) => (
        <div className="selector-row" key={i} role="group" aria-label={`Selector ${i + 1}`}>
          <TextInput
            mono
            aria-label="Type"
            list={list}
            value={type}
            placeholder="type"
            onChange={(text) => setType(i, text)}
            onBlur={onLeave}
          />
          <span aria-hidden="true" className="mono">
            :
          </span>
          <TextInput
            mono
            aria-label="Value"
            value={value}
            placeholder={exampleOf(type)}
            onChange={(text) => set(i, { value: text })}
            onBlur={onLeave}
          />
          <Button
            variant="quiet"
            aria-label={`Remove selector ${i + 1}`}
            disabledReason={selectors.length === 1 ? 'At least one selector is needed.' : undefined}
            onClick={() => onChange(selectors.filter((_, at) => at !== i))}
          >
            ×
          </Button>
        </div>
      ))}
      <datalist id={list}>
        {[...new Set([...types, ...TYPES])].map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
      {problem && (
        <div className="field-error" role="alert">
          {problem}
        </div>
      )}
      <div>
        <Button
          small
          onClick={() => onChange([...selectors, { type: selectors.at(-1)?.type ?? '', value: '' }])}
        >
          Add selector
        </Button>
      </div>
    </div>
  );
}
