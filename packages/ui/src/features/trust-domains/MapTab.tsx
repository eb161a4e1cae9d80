import type {
  Bundle,
  ListFederationResponse,
  ListFederationResponse_Edge,
  ListFederationResponse_Node,
} from '@muster/api';
import { ErrorState, Skeleton } from '../../components/index.ts';
import { bundleKey } from './copies.ts';
import { TrustMap } from './TrustMap.tsx';
import { UnreadServers } from './UnreadServers.tsx';

interface Props {
  federation: ListFederationResponse | undefined;
  error: unknown;
  retry: () => void;
  selected: string | undefined;
  bundles: readonly Bundle[];
  onBundle: (key: string) => void;
  /** `connection/peer` of a relationship. */
  onRelationship: (id: string) => void;
}

/** The map, and where its parts lead. */
export function MapTab({ federation, error, retry, selected, bundles, onBundle, onRelationship }: Props) {
  if (error) return <ErrorState error={error} retry={retry} />;
  if (!federation) return <Skeleton rows={6} />;
  const onNode = ({ trustDomain, connection }: ListFederationResponse_Node) => {
    const its = bundles.filter((bundle) => bundle.trustDomain === trustDomain);
    const shown = its.find((bundle) => bundle.own && bundle.connection === connection) ?? its[0];
    if (shown) onBundle(bundleKey(shown));
  };
  const onEdge = ({ from, to }: ListFederationResponse_Edge) => {
    const found = federation.relationships.find((one) => one.trustDomain === from && one.peer === to);
    if (found) onRelationship(`${found.connection}/${to}`);
  };
  return (
    <>
      <UnreadServers servers={federation.unread} />
      <TrustMap federation={federation} selected={selected} onNode={onNode} onEdge={onEdge} />
    </>
  );
}
