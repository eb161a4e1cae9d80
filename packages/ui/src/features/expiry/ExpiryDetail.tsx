import { escapeText } from '@muster/domain/display';
import type { Expiry } from '@muster/api';
import {
  AppLink,
  appPath,
  Chip,
  DetailPanel,
  NameText,
  proseText,
  TimeAgo,
  toDate,
  TrustDomainTag,
  useNow,
  ValidityBar,
} from '../../components/index.ts';
import { ExpiryName, expiryState } from './ExpiryTable.tsx';
import { kindOf } from './search.ts';

export function ExpiryDetail({ row, onClose }: { row: Expiry; onClose: () => void }) {
  const now = useNow();
  const { tone, word } = expiryState(row, now.getTime());
  const from = toDate(row.notBefore);
  const to = toDate(row.expiresAt);
  const kind = kindOf(row.kind);
  return (
    <DetailPanel
      kind={`Expiry of ${kind?.one ?? 'something'} · ${escapeText(row.connection)}`}
      title={<ExpiryName row={row} whole />}
      state={
        <Chip tone={tone} reason={proseText(row.note)}>
          {word}
        </Chip>
      }
      onClose={onClose}
    >
      <p>{proseText(row.note)}</p>
      {from && to && from < to && <ValidityBar notBefore={from} notAfter={to} now={now} />}
      <dl className="facts">
        <dt>Expires</dt>
        <dd>
          <TimeAgo at={to} />
        </dd>
        <dt>{row.kind === 2 ? 'Renewed after' : row.kind === 1 ? 'Created' : 'Valid from'}</dt>
        <dd>
          <TimeAgo at={from} none={row.kind === 2 ? 'no renewal seen yet' : 'not told'} />
        </dd>
        <dt>Trust domain</dt>
        <dd>
          <TrustDomainTag name={row.trustDomain} />
        </dd>
        <dt>Known to</dt>
        <dd>
          <NameText name={row.connection} />
        </dd>
      </dl>
      {appPath(row.link) && (
        <p>
          <AppLink link={row.link}>Open the {kind?.one}</AppLink>
        </p>
      )}
    </DetailPanel>
  );
}
