import type { Channel } from '@muster/api';
import { useState } from 'react';
import { Button, Tooltip } from '../../components/index.ts';
import { groupLine } from './group-words.ts';
import { RegisterDialog } from './RegisterDialog.tsx';
import { useComparison } from './queries.ts';
import './compare.css';

interface Props {
  readonly channel: Channel;
  /** The comparison is shown. */
  readonly comparing: boolean;
  readonly onCompare: (on: boolean) => void;
}

/** Who else knows this group, whether they agree, and where it can be registered. */
export function GroupStrip({ channel, comparing, onCompare }: Props) {
  // Its summary is of the whole group, however few rows are asked for.
  const { data } = useComparison(channel.connection, channel.name, { page: { limit: 1 } });
  const [registering, setRegistering] = useState<string>();
  if (!data) return null;
  const line = groupLine(data);
  const runs = channel.managedBy !== 'slim-control-plane';
  const open = runs ? data.registrations.filter(({ reason }) => reason === '') : [];
  const closed = runs && open.length === 0 ? data.registrations : [];
  if (line === '' && !comparing && open.length === 0 && closed.length === 0) return null;
  return (
    <div className="group-strip" role="group" aria-label="Elsewhere">
      {(line !== '' || comparing) && (
        <>
          {line !== '' && <span className={data.differing > 0n ? 'group-differs' : undefined}>{line}</span>}
          <Button small onClick={() => onCompare(!comparing)}>
            {comparing ? 'Show the members' : 'Compare'}
          </Button>
        </>
      )}
      {open.map(({ connection }) => (
        <Button key={connection} small onClick={() => setRegistering(connection)}>
          Register with {connection}…
        </Button>
      ))}
      {line === '' &&
        closed.map(({ connection, reason }) => (
          <Tooltip key={connection} content={reason}>
            <span className="group-note" tabIndex={0}>
              Nothing to register with {connection}
            </span>
          </Tooltip>
        ))}
      {registering !== undefined && (
        <RegisterDialog plane={registering} channel={channel} onClose={() => setRegistering(undefined)} />
      )}
    </div>
  );
}
