import type { Bundle } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { escapeText } from '@muster/domain/display';
import { type FormEvent, useId, useState } from 'react';
import {
  BundleText,
  Button,
  Dialog,
  Field,
  formatCount,
  PlanReview,
  Select,
} from '../../components/index.ts';

interface Props {
  task: 'set' | 'delete';
  connection: string;
  trustDomain: string;
  bundles: readonly Bundle[];
  onClose: () => void;
}

const MODES = [
  { value: 'restrict', label: 'restrict: only when no entry federates with it' },
  { value: 'dissociate', label: 'dissociate: entries stay, without it' },
  { value: 'delete', label: 'delete: the entries that federate with it are deleted too' },
];

/** Sets or deletes the copy of a bundle: what is needed, then the plan, in one place. */
export function BundleTask({ task, connection, trustDomain, bundles, onClose }: Props) {
  const held = bundles.find((one) => one.connection === connection && one.trustDomain === trustDomain);
  const [input, setInput] = useState<JsonObject>();
  const where = { connection, trust_domain: trustDomain };
  // The address can be written by anyone.
  const name = escapeText(trustDomain);
  if (input)
    return (
      <PlanReview
        action={task === 'set' ? 'bundle.set' : 'bundle.delete'}
        input={{ ...where, ...input }}
        onDone={onClose}
        onCancel={() => setInput(undefined)}
      />
    );
  return task === 'set' ? (
    <SetForm
      title={held ? `Replace the copy of ${name}` : `Set the bundle of ${name}`}
      connection={connection}
      sources={bundles
        .filter((one) => one.own && one.trustDomain === trustDomain)
        .map((one) => one.connection)}
      onClose={onClose}
      onReview={setInput}
    />
  ) : (
    <DeleteForm
      title={`Delete the copy of ${name}`}
      entries={held?.entries ?? 0n}
      onClose={onClose}
      onReview={setInput}
    />
  );
}

const HOW =
  'The other side’s administrator gets it by: spire-server bundle show -format spiffe. Compare fingerprints over another way than the file came.';

interface FormProps {
  title: string;
  onClose: () => void;
  onReview: (input: JsonObject) => void;
}

function SetForm({
  title,
  connection,
  sources,
  onClose,
  onReview,
}: FormProps & { connection: string; sources: readonly string[] }) {
  const [from, setFrom] = useState(sources[0] ?? '');
  const [text, setText] = useState('');
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (from) onReview({ from });
    else if (text.trim()) onReview({ bundle: text });
  };
  return (
    <Dialog
      wide
      title={title}
      kicker={`Federated bundle · ${escapeText(connection)}`}
      onClose={onClose}
      footer={
        <>
          <Button
            type="submit"
            form={form}
            variant="primary"
            disabledReason={from || text.trim() ? undefined : 'Paste the bundle or choose its file first.'}
          >
            Review
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit}>
        {sources.length > 0 && (
          <Field
            label="Source"
            hint="A server of this trust domain is connected here, so its bundle can be taken as it is."
          >
            <Select
              value={from}
              onChange={setFrom}
              options={[
                ...sources.map((name) => ({ value: name, label: `the own bundle of ${name}` })),
                { value: '', label: 'a file or pasted text' },
              ]}
            />
          </Field>
        )}
        {!from && <BundleText text={text} onChange={setText} hint={HOW} />}
      </form>
    </Dialog>
  );
}

function DeleteForm({ title, entries, onClose, onReview }: FormProps & { entries: bigint }) {
  const [mode, setMode] = useState('restrict');
  return (
    <Dialog
      title={title}
      kicker="Federated bundle"
      onClose={onClose}
      footer={
        <>
          <Button variant="primary" onClick={() => onReview({ mode })}>
            Review
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <Field
        label="Entries that federate with it"
        hint={
          entries > 0n
            ? `${formatCount(entries)} ${entries === 1n ? 'entry does' : 'entries do'}: restrict would be refused. The plan names them.`
            : 'None does, as far as the last reading goes; the server is asked again for the plan.'
        }
      >
        <Select value={mode} onChange={setMode} options={MODES} />
      </Field>
    </Dialog>
  );
}
