import { useRef, useState } from 'react';
import { Checkbox, Field, proseText, Select } from '../../components/index.ts';
import { type Chosen, choose, KINDS, type Read, read } from './reading.ts';

interface Props {
  chosen: Chosen;
  problem: string;
  onChoose: (chosen: Chosen) => void;
}

type Kind = (typeof KINDS)[number]['value'];
const MOST = 1024 * 1024;

/** Something pasted or dropped, read here; and the selectors it gives, which may be changed by hand. */
export function EvidenceInput({ chosen, problem, onChoose }: Props) {
  const [pasted, setPasted] = useState('');
  const [kind, setKind] = useState<Kind>('');
  const [found, setFound] = useState<Read>();
  const [index, setIndex] = useState(0);
  const [secrets, setSecrets] = useState(false);
  const latest = useRef(0);
  const take = async (text: string, as: Kind) => {
    setPasted(text);
    setKind(as);
    const mine = (latest.current += 1);
    const next = text.trim() === '' ? undefined : await read(text, as);
    // A later paste has taken its place.
    if (mine !== latest.current) return;
    setFound(next);
    setIndex(0);
    const [first] = next?.ok ? next.evidence.workloads : [];
    if (first) onChoose(choose(first, secrets));
  };
  const workloads = found?.ok ? found.evidence.workloads : [];
  const pick = (next: number, withSecrets: boolean) => {
    setIndex(next);
    setSecrets(withSecrets);
    const workload = workloads[next];
    if (workload) onChoose(choose(workload, withSecrets));
  };
  const drop = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST)
      setFound({ ok: false, why: 'This file is longer than 1 MiB: give the workload’s own part alone.' });
    else await take(await file.text(), kind);
  };
  return (
    <>
      <Field label="Evidence" optional error={found && !found.ok ? proseText(found.why) : undefined}>
        <textarea
          className="input input-mono why-paste"
          rows={6}
          spellCheck={false}
          aria-label="Evidence"
          placeholder={
            'time=… level=debug msg="PID attested to have selectors" …\nor docker inspect, a pod manifest, id'
          }
          value={pasted}
          onChange={(event) => void take(event.target.value, kind)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            if (event.dataTransfer.files.length === 0) return;
            event.preventDefault();
            void drop(event.dataTransfer.files[0]);
          }}
        />
      </Field>
      <div className="why-read">
        <label className="small">
          It is{' '}
          <Select
            aria-label="Kind of evidence"
            value={kind}
            onChange={(value) => void take(pasted, value as Kind)}
            options={KINDS.map(({ value, label }) => ({
              value,
              label: value === '' && found?.ok ? `found out: ${labelOf(found.evidence.kind)}` : label,
            }))}
          />
        </label>
        {workloads.length > 1 && (
          <label className="small">
            Of{' '}
            <Select
              aria-label="Which one"
              value={String(index)}
              onChange={(value) => pick(Number(value), secrets)}
              options={workloads.map(({ name }, at) => ({ value: String(at), label: name }))}
            />
          </label>
        )}
      </div>
      {found?.ok &&
        found.evidence.notes.map((note) => (
          <p key={note} className="small why-note">
            {proseText(note)}
          </p>
        ))}
      {(chosen.withheld.length > 0 || secrets) && (
        <div className="why-note">
          <Checkbox
            label="Compare variables that look like secrets, too"
            hint={
              chosen.withheld.length > 0
                ? `Kept in this page: ${chosen.withheld.slice(0, 6).join(', ')}${chosen.withheld.length > 6 ? ` and ${chosen.withheld.length - 6} more` : ''}. An entry that wants one cannot be told.`
                : 'They are sent to the gateway on this machine.'
            }
            checked={secrets}
            onChange={(next) => pick(index, next)}
          />
        </div>
      )}
      <Field
        label="Selectors that are compared"
        error={problem || undefined}
        hint="type:value, a line each. SPIRE compares them letter by letter."
      >
        <textarea
          className="input input-mono why-selectors"
          rows={Math.min(14, Math.max(4, chosen.text.split('\n').length + 1))}
          spellCheck={false}
          aria-label="Selectors that are compared"
          placeholder={'unix:uid:1000\ndocker:label:app:trainer'}
          value={chosen.text}
          onChange={(event) => onChoose({ ...chosen, text: event.target.value })}
        />
      </Field>
    </>
  );
}

const labelOf = (kind: string): string => KINDS.find(({ value }) => value === kind)?.label ?? kind;
