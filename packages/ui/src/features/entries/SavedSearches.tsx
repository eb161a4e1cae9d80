import { type FormEvent, useEffect, useRef, useState } from 'react';
import { escapeText } from '@muster/domain/display';
import { Button, Dialog, Field, Menu, TextInput, useToast } from '../../components/index.ts';
import { type SavedSearch, useLists } from '../../stores/lists.ts';
import { type EntriesSearch, isFiltered, savedPart } from './search.ts';

interface Props {
  search: EntriesSearch;
  onApply: (search: EntriesSearch) => void;
}

const LIST = 'entries';
const LONGEST = 80;
const NONE: readonly SavedSearch[] = [];

const same = (a: object, b: object) =>
  JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted());

/** Searches with a name: apply one, save this one, rename or delete. Kept in this browser. */
export function SavedSearches({ search, onApply }: Props) {
  const { save, rename, forget } = useLists();
  const saved = useLists((store) => store.saved[LIST]) ?? NONE;
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const [naming, setNaming] = useState<{ from: string | undefined }>();
  const toast = useToast();
  const now = savedPart(search);
  const current = saved.find((one) => same(one.search, now));
  const close = () => setOpen(false);
  const name = (text: string) => {
    if (naming?.from === undefined) save(LIST, { name: text, search: asText(now) });
    else rename(LIST, naming.from, text);
    toast(naming?.from === undefined ? `Saved as “${text}”.` : `Renamed to “${text}”.`);
    setNaming(undefined);
  };
  return (
    <>
      <Button
        small
        ref={setAnchor}
        variant="quiet"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {current ? `Saved: ${escapeText(current.name)}` : 'Saved searches'}
      </Button>
      {open && anchor && (
        <Menu anchor={anchor} label="Saved searches" onClose={close}>
          <div className="menu-list">
            {saved.map((one) => (
              <div key={one.name} className="saved-line">
                <button
                  type="button"
                  className="menu-option"
                  aria-current={one === current || undefined}
                  onClick={() => {
                    onApply(one.search);
                    close();
                  }}
                >
                  <span>{escapeText(one.name)}</span>
                </button>
                <Button
                  small
                  variant="quiet"
                  aria-label={`Rename ${escapeText(one.name)}`}
                  onClick={() => {
                    setNaming({ from: one.name });
                    close();
                  }}
                >
                  Rename
                </Button>
                <Button
                  small
                  variant="quiet"
                  aria-label={`Delete ${escapeText(one.name)}`}
                  onClick={() => {
                    forget(LIST, one.name);
                    toast(`Deleted the saved search “${one.name}”.`);
                  }}
                >
                  Delete
                </Button>
              </div>
            ))}
            {saved.length === 0 && (
              <p className="small menu-none">
                A saved search keeps the search, the filters and the order under a name, in this browser.
              </p>
            )}
          </div>
          <hr className="menu-line" />
          <Button
            small
            variant="quiet"
            disabledReason={
              !isFiltered(search)
                ? 'Search or filter first: there is nothing to save yet.'
                : current
                  ? `It is saved as “${current.name}”.`
                  : undefined
            }
            onClick={() => {
              setNaming({ from: undefined });
              close();
            }}
          >
            Save this search…
          </Button>
        </Menu>
      )}
      {naming && (
        <NameDialog
          from={naming.from}
          taken={saved.map((one) => one.name).filter((one) => one !== naming.from)}
          onCancel={() => setNaming(undefined)}
          onName={name}
        />
      )}
    </>
  );
}

const asText = (search: EntriesSearch): Record<string, string> =>
  Object.fromEntries(Object.entries(search).filter((pair): pair is [string, string] => Boolean(pair[1])));

interface NameProps {
  from: string | undefined;
  taken: readonly string[];
  onCancel: () => void;
  onName: (name: string) => void;
}

function NameDialog({ from, taken, onCancel, onName }: NameProps) {
  const [text, setText] = useState(from ?? '');
  const input = useRef<HTMLInputElement>(null);
  // After the dialog, which takes the focus as it opens.
  useEffect(() => input.current?.select(), []);
  const name = text.trim();
  const problem =
    name === ''
      ? 'Give it a name.'
      : name.length > LONGEST
        ? `At most ${LONGEST} characters.`
        : taken.includes(name)
          ? from === undefined
            ? undefined
            : 'Another saved search has this name.'
          : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!problem) onName(name);
  };
  const replaces = from === undefined && taken.includes(name);
  return (
    <Dialog
      title={from === undefined ? 'Save this search' : 'Rename the saved search'}
      onClose={onCancel}
      footer={
        <>
          <Button variant="primary" disabledReason={problem} type="submit" form="saved-name">
            {from !== undefined ? 'Rename' : replaces ? 'Replace' : 'Save'}
          </Button>
          <Button variant="quiet" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="saved-name" onSubmit={submit}>
        <Field
          label="Name"
          hint={replaces ? 'A saved search has this name; it is replaced.' : 'Kept in this browser only.'}
        >
          <TextInput ref={input} value={text} onChange={setText} />
        </Field>
      </form>
    </Dialog>
  );
}
