import { escapeText } from '@muster/domain/display';
import type { AuthoritySet } from '@muster/api';
import {
  ErrorState,
  NameText,
  Page,
  Skeleton,
  Tabs,
  TimeAgo,
  toDate,
  TrustDomainTag,
  useNow,
} from '../../components/index.ts';
import { AuthorityTable, NoAuthorities } from './AuthorityTable.tsx';
import { SetCard } from './SetCard.tsx';
import { SetDetail } from './SetDetail.tsx';
import { setKey } from './words.ts';
import './authorities.css';

export type AuthoritiesTab = 'rotation' | 'table';

interface Props {
  sets: readonly AuthoritySet[] | undefined;
  error: unknown;
  retry: () => void;
  tab: AuthoritiesTab;
  selected: string | undefined;
  onTab: (tab: AuthoritiesTab) => void;
  onOpen: (key: string | undefined) => void;
  onPlan: (action: string, input: string) => void;
}

/** The rotation cockpit: the signing keys of every server, where each stands, and what to do next. */
export function AuthoritiesView(props: Props) {
  const { sets, error, retry, tab, selected, onTab, onOpen, onPlan } = props;
  const open = sets?.find((set) => setKey(set) === selected);
  const count = sets?.reduce((sum, set) => sum + set.authorities.length, 0) ?? 0;
  return (
    <Page
      title="Authorities"
      count={
        sets && (
          <>
            {count} {count === 1 ? 'key' : 'keys'} ·{' '}
            <TimeAgo at={toDate(sets.find((set) => set.readAt)?.readAt)} prefix="as of" />
          </>
        )
      }
      detail={open && <SetDetail set={open} onClose={() => onOpen(undefined)} onPlan={onPlan} />}
      footer={
        <>
          <span>✓ what the server shows to be done</span>
          <span>▏ what it does by itself, and when</span>
          <span className="grow" />
          <span>
            SPIRE names no issuer of what it issued: what hangs on a key is known in part only, and said so.
          </span>
        </>
      }
    >
      {error ? (
        <ErrorState error={error} retry={retry} />
      ) : (
        <Tabs
          label="How to see them"
          tabs={[
            { id: 'rotation', label: 'Rotation' },
            { id: 'table', label: 'Table', count },
          ]}
          selected={tab}
          onSelect={onTab}
        >
          {tab === 'table' ? (
            <AuthorityTable sets={sets} selected={selected} onOpen={onOpen} />
          ) : (
            <Cockpit sets={sets} selected={selected} onOpen={onOpen} />
          )}
        </Tabs>
      )}
    </Page>
  );
}

function Cockpit({ sets, selected, onOpen }: Pick<Props, 'sets' | 'selected' | 'onOpen'>) {
  const now = useNow(5000);
  if (!sets) return <Skeleton rows={8} />;
  if (sets.length === 0) return <NoAuthorities />;
  const servers = [...new Set(sets.map((set) => set.connection))];
  return (
    <div className="cockpit">
      {servers.map((connection) => {
        const its = sets.filter((set) => set.connection === connection);
        const trustDomain = its[0]?.trustDomain ?? '';
        return (
          <section key={connection} className="server" aria-label={`Server ${escapeText(connection)}`}>
            <h2 className="server-head">
              {trustDomain && <TrustDomainTag name={trustDomain} />}
              <NameText name={connection} />
            </h2>
            <div className="server-sets">
              {its.map((set) => (
                <SetCard
                  key={setKey(set)}
                  set={set}
                  now={now}
                  selected={setKey(set) === selected}
                  onOpen={() => onOpen(setKey(set) === selected ? undefined : setKey(set))}
                />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}
