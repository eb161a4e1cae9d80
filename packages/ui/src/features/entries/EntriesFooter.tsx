import type { Entry } from '@muster/api';
import { Button, CopyLink, ListKeys } from '../../components/index.ts';

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
      <CopyLink>Copy link to this list</CopyLink>
    </>
  );
}
