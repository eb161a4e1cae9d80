import type { Entry } from '@muster/api';
import { Button, ListKeys, Tooltip, useToast } from '../../components/index.ts';

interface Props {
  ticked: ReadonlyMap<string, Entry>;
  tree: boolean;
  onClone: (entries: readonly Entry[]) => void;
  onDelete: (entries: readonly Entry[]) => void;
  onUntickAll: () => void;
}

/** What can be done with what is selected; otherwise, the keys. */
export function EntriesFooter({ ticked, tree, onClone, onDelete, onUntickAll }: Props) {
  const entries = [...ticked.values()];
  const servers = new Set(entries.map(({ connection }) => connection));
  if (ticked.size > 0 && !tree)
    return (
      <>
        <b className="num">{ticked.size} selected</b>
        <Button small variant="danger" onClick={() => onDelete(entries)}>
          Delete {ticked.size}…
        </Button>
        <Button
          small
          disabledReason={
            servers.size > 1
              ? `They are of ${servers.size} servers; clone those of one at a time.`
              : undefined
          }
          onClick={() => onClone(entries)}
        >
          Clone {ticked.size}…
        </Button>
        <Button small variant="quiet" onClick={onUntickAll}>
          Clear selection
        </Button>
      </>
    );
  return (
    <>
      <ListKeys more={tree ? ['→ ← open and close'] : ['x select', 'e edit', '/ search']} />
      <span className="grow" />
      <CopyLink />
    </>
  );
}

function CopyLink() {
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      toast('Copied the link.');
    } catch {
      toast('The browser did not let the link be copied. Take it from the address bar.', 'bad');
    }
  };
  return (
    <Tooltip content="The address of this page holds the search, the filters, the order and what is open.">
      <Button small variant="quiet" onClick={() => void copy()}>
        Copy link to this list
      </Button>
    </Tooltip>
  );
}
