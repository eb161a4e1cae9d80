import type { ItemResult } from '@muster/api';
import { Button, CommandBox, CopyButton, NameText, saveText } from '../../components/index.ts';
import type { GrantDraft } from './GrantForm.tsx';
import { fileName } from './words.ts';

interface Props {
  items: readonly ItemResult[];
  draft: GrantDraft;
}

/** What to do with the grant that was just signed. It is in this window only. */
export function GrantMade({ items, draft }: Props) {
  const grant = items.find(({ secret }) => secret)?.secret;
  if (!grant) return null;
  const file = `${fileName(draft.member)}.grant.json`;
  return (
    <div className="stack">
      <p role="note">
        <b>Shown this once.</b> Save or copy it now; closing this forgets it.
      </p>
      <div className="row">
        <Button variant="primary" onClick={() => saveText(file, 'application/json', grant)}>
          Save as a file
        </Button>
        <span className="row small">
          <CopyButton text={grant} label="Copy the grant" /> or copy it
        </span>
      </div>
      <p className="small">
        Whoever has it may have <NameText mono name={draft.member} />{' '}
        {draft.action === 'add' ? 'invited into' : 'removed from'} <NameText mono name={draft.channel} />,
        once. It holds no secret, and allows nothing else. Another Muster takes it where a member is{' '}
        {draft.action === 'add' ? 'invited' : 'removed'}; slimctl from a file:
      </p>
      <CommandBox
        command={{
          tool: 'slimctl',
          line: `slimctl channel-manager ${draft.action === 'add' ? 'add' : 'delete'}-participant --grant-file ${file} ${draft.channel} ${draft.member}`,
          note: '',
        }}
      />
    </div>
  );
}
