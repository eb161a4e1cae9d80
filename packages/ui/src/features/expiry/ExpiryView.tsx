import type { Expiry, ListExpiryResponse } from '@muster/api';
import {
  Age,
  Button,
  ErrorState,
  FilterChip,
  formatCount,
  Histogram,
  ListKeys,
  Page,
  type PagedRows,
  proseText,
  Skeleton,
  toDate,
  Tooltip,
} from '../../components/index.ts';
import { toStretches } from './columns.ts';
import { ExpiryDetail } from './ExpiryDetail.tsx';
import { ExpiryTable } from './ExpiryTable.tsx';
import { rowKey } from './rows.ts';
import { type ExpirySearch, KINDS, kindOf, WITHIN } from './search.ts';
import './expiry.css';

interface Props {
  search: ExpirySearch;
  list: ListExpiryResponse | undefined;
  rows: PagedRows<Expiry>;
  loading: boolean;
  error: unknown;
  retry: () => void;
  exporting: boolean;
  onExport: () => void;
  onChange: (next: ExpirySearch) => void;
  onRange: (first: number, last: number) => void;
}

/** Everything that expires, on one axis and as a list, soonest first. */
export function ExpiryView(props: Props) {
  const { search, list, rows, onChange } = props;
  const selected = selectedRow(rows, search.at);
  const kind = KINDS.find((one) => one.key === search.kind);
  const within = WITHIN.find((one) => one.value === search.within);
  const stretch =
    search.expired === 'only' ? 'expired' : search.from !== undefined || search.to !== undefined;
  const filtered = Boolean(kind || within || stretch || search.expired);
  return (
    <Page
      title="Expiry"
      count={
        list && (
          <>
            {formatCount(list.total)} · <Age freshness={list.freshness} />
          </>
        )
      }
      actions={
        <Button
          busy={props.exporting}
          disabledReason={rows.length === 0 ? 'There is nothing in the list to export.' : undefined}
          onClick={props.onExport}
        >
          Export CSV
        </Button>
      }
      toolbar={
        <>
          <FilterChip
            label="What"
            value={kind?.key}
            valueLabel={kind?.many}
            options={KINDS.map((one) => ({ value: one.key, label: one.many }))}
            onChange={(value) => onChange({ kind: value, at: undefined })}
          />
          <FilterChip
            label="Within"
            value={within?.value}
            valueLabel={within && `within ${within.label}`}
            options={WITHIN.map(({ value, label }) => ({ value, label }))}
            onChange={(value) => onChange({ within: value, from: undefined, to: undefined, at: undefined })}
          />
          <FilterChip
            label="Expired"
            value={search.expired}
            valueLabel={search.expired === 'only' ? 'expired and still there' : 'without expired'}
            options={[
              { value: 'only', label: 'Only what has expired and is still there' },
              { value: 'no', label: 'Only what has not expired yet' },
            ]}
            onChange={(value) => onChange({ expired: value, from: undefined, to: undefined, at: undefined })}
          />
          {stretch === true && (
            <Button
              small
              variant="quiet"
              onClick={() => onChange({ from: undefined, to: undefined, at: undefined })}
            >
              Show all stretches
            </Button>
          )}
          <span className="grow" />
          <Legend list={list} />
        </>
      }
      detail={selected && <ExpiryDetail row={selected} onClose={() => onChange({ at: undefined })} />}
      footer={
        <>
          <ListKeys />
          <span>
            A column ends at what stands below it; click it to list its stretch. Heights are logarithmic.
          </span>
          <span className="grow" />
          {list && list.missing.length > 0 && (
            <Tooltip content={proseText(list.missing.join(' '))}>
              <span className="age-stale" tabIndex={0}>
                {list.missing.length} not looked at
              </span>
            </Tooltip>
          )}
        </>
      }
    >
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <>
          <div className="expiry-axis">
            {list ? <Axis list={list} search={search} onChange={onChange} /> : <Skeleton rows={4} />}
          </div>
          <ExpiryTable
            rows={rows}
            loading={props.loading}
            selected={selected && rowKey(selected)}
            scrollKey={JSON.stringify({ ...search, at: '' })}
            filtered={filtered}
            onOpen={(row) => onChange({ at: rowKey(row) })}
            onRange={props.onRange}
          />
        </>
      )}
    </Page>
  );
}

function Axis({ list, search, onChange }: { list: ListExpiryResponse } & Pick<Props, 'search' | 'onChange'>) {
  const stretches = toStretches(list.bins, toDate(list.now)?.getTime() ?? Date.now());
  const { from, to } = search;
  const chosen = stretches.find((one) =>
    one.from === undefined
      ? search.expired === 'only'
      : search.expired !== 'only' &&
        (from !== undefined || to !== undefined) &&
        String(one.from) === (from ?? '0') &&
        (one.to === undefined ? to === undefined : String(one.to) === to),
  );
  return (
    <Histogram
      label="How many expire in each stretch of time"
      columns={stretches}
      selected={chosen?.key}
      onSelect={(key) => {
        const one = stretches.find((stretch) => stretch.key === key);
        if (!one) onChange({ from: undefined, to: undefined, expired: undefined, at: undefined });
        else if (one.from === undefined)
          onChange({ from: undefined, to: undefined, expired: 'only', at: undefined });
        else
          onChange({
            from: String(one.from),
            to: one.to === undefined ? undefined : String(one.to),
            expired: undefined,
            at: undefined,
          });
      }}
    />
  );
}

/** Names and counts of what is on the axis; the colours’ key. */
function Legend({ list }: { list: ListExpiryResponse | undefined }) {
  const counts = new Map<number, bigint>();
  for (const bin of list?.bins ?? []) counts.set(bin.kind, (counts.get(bin.kind) ?? 0n) + bin.count);
  const shown = KINDS.flatMap((one) => {
    const count = counts.get(one.kind) ?? 0n;
    return count > 0n ? [{ ...one, count }] : [];
  });
  return (
    <ul className="expiry-legend small" aria-label="On the axis">
      {shown.map((one) => (
        <li key={one.key}>
          <span className={`expiry-swatch hist-${one.key}`} aria-hidden="true" />
          {formatCount(one.count)} {one.count === 1n ? one.one : kindOf(one.kind)?.many}
        </li>
      ))}
    </ul>
  );
}

function selectedRow(rows: PagedRows<Expiry>, key: string | undefined): Expiry | undefined {
  if (key === undefined) return undefined;
  const index = rows.findIndex((row) => row !== undefined && rowKey(row) === key);
  return index < 0 ? undefined : rows.at(index);
}
