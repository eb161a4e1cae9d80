import type { OwnerKey } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import {
  Button,
  CommandBox,
  DetailPanel,
  formatCount,
  NameText,
  proseText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { DidText } from './DidText.tsx';
import type { Task } from './KeyTask.tsx';
import { StateChip } from './StateChip.tsx';
import { exportProblem, notKept } from './words.ts';

interface Props {
  ownerKey: OwnerKey;
  onTask: (task: Task) => void;
  onClose: () => void;
}

/** One key: what it is, what it owns, what can be done with it. */
export function KeyDetail({ ownerKey, onTask, onClose }: Props) {
  const { alias, did, channels, channelsTotal, connections, createdBy } = ownerKey;
  const at = toDate(ownerKey.createdAt);
  const fixed = notKept(ownerKey);
  return (
    <DetailPanel
      kind="Owner key · Ed25519"
      title={<NameText name={alias} />}
      state={<StateChip ownerKey={ownerKey} />}
      onClose={onClose}
      actions={
        <>
          <Button
            disabledReason={
              ownerKey.lockedReason ||
              (channelsTotal === 0 ? 'It owns no channel that can be read now.' : undefined)
            }
            onClick={() => onTask({ task: 'grant', ownerKey })}
          >
            Issue a grant…
          </Button>
          <Button
            disabledReason={exportProblem(ownerKey)}
            onClick={() => onTask({ task: 'export', ownerKey })}
          >
            Export…
          </Button>
          <Button disabledReason={fixed} onClick={() => onTask({ task: 'rename', ownerKey })}>
            Rename…
          </Button>
          <Button
            className="btn-delete"
            disabledReason={fixed}
            onClick={() => onTask({ task: 'remove', ownerKey })}
          >
            Remove…
          </Button>
        </>
      }
    >
      {ownerKey.lockedReason && <p className="owner-keys-locked">{proseText(ownerKey.lockedReason)}</p>}
      <section>
        <h3>did:key</h3>
        <DidText did={did} whole />
      </section>
      <section>
        <h3>Owns</h3>
        {channels.length === 0 ? (
          <p className="small">No channel that can be read now.</p>
        ) : (
          <ul className="owner-keys-channels">
            {channels.map((channel) => (
              <li key={channel}>
                <Link to="/channels" search={{ channel } as never}>
                  <NameText mono name={channel} />
                </Link>
              </li>
            ))}
          </ul>
        )}
        {channelsTotal > channels.length && (
          <p className="small">and {formatCount(BigInt(channelsTotal - channels.length))} more.</p>
        )}
      </section>
      <section>
        <h3>Made or imported</h3>
        <p>
          {at ? (
            <>
              <TimeAgo at={at} /> by <NameText name={createdBy} />
            </>
          ) : (
            `Named by the configuration: ownerKeyFile of ${escapeText(connections.join(', '))}.`
          )}
        </p>
      </section>
      {connections.length > 0 && (
        <section>
          <h3>Used when no other key is chosen</h3>
          <p>
            On <NameText name={connections.join(', ')} />.
          </p>
        </section>
      )}
      <section>
        <h3>The same by hand</h3>
        <CommandBox
          command={{
            tool: 'slimctl',
            line: 'slimctl channel-manager did-key --key owner.pem',
            note: 'Names a key file by its did:key, to compare with this one.',
          }}
        />
      </section>
    </DetailPanel>
  );
}
