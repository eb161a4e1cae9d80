import type { CountEntriesRequest_Filter } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import type { Entry } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { SelectorMatch_MatchBehavior as Match } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { memberId, parseTrustDomain, text, workloadId } from './ids.ts';
import { checkSelectors, matches, selectorSet } from './selectors.ts';
import { invalid, within } from './status.ts';

/** The filters of listing and of counting are declared apart and have the same shape. */
export type EntryFields = Omit<CountEntriesRequest_Filter, '$typeName'>;

export interface EntryFilter {
  /** Given when the filter names one SPIFFE ID, so that nothing else need be looked at. */
  spiffeId?: string;
  /** What the datastore selects; a page is cut from this. */
  selects(entry: Entry): boolean;
  /** What remains of a page once cut: EXACT and SUBSET are applied after the query, so pages come out short. */
  keeps(entry: Entry): boolean;
}

type Rule = (entry: Entry) => boolean;

export function entryFilter(fields: EntryFields | undefined, trustDomain: string): EntryFilter {
  const selects: Rule[] = [];
  const keeps: Rule[] = [];
  const filter: EntryFilter = {
    selects: (entry) => selects.every((rule) => rule(entry)),
    keeps: (entry) => keeps.every((rule) => rule(entry)),
  };
  if (!fields) return filter;

  if (fields.byHint) selects.push((entry) => entry.hint === fields.byHint);
  if (fields.byParentId) {
    const parent = text(within('malformed parent ID filter', () => memberId(fields.byParentId, trustDomain)));
    selects.push((entry) => text(entry.parentId) === parent);
  }
  if (fields.bySpiffeId) {
    const id = text(within('malformed SPIFFE ID filter', () => workloadId(fields.bySpiffeId, trustDomain)));
    filter.spiffeId = id;
    selects.push((entry) => text(entry.spiffeId) === id);
  }
  if (fields.bySelectors) addSelectors(fields.bySelectors, selects, keeps);
  if (fields.byFederatesWith) {
    const { trustDomains, match } = fields.byFederatesWith;
    if (trustDomains.length === 0) throw invalid('malformed federates with filter: empty trust domain set');
    const wanted = new Set(
      within('malformed federates with filter', () => trustDomains.map((name) => parseTrustDomain(name))),
    );
    selects.push((entry) => matches(new Set(entry.federatesWith), wanted, match, 'federates with'));
  }
  if (fields.byDownstream !== undefined) selects.push((entry) => entry.downstream === fields.byDownstream);
  return filter;
}

function addSelectors(
  { selectors, match }: NonNullable<EntryFields['bySelectors']>,
  selects: Rule[],
  keeps: Rule[],
): void {
  within('malformed selectors filter', () => {
    checkSelectors(selectors);
    if (selectors.length === 0) throw invalid('empty selector set');
  });
  const wanted = selectorSet(selectors);
  const query = { [Match.MATCH_EXACT]: Match.MATCH_SUPERSET, [Match.MATCH_SUBSET]: Match.MATCH_ANY }[
    match as number
  ];
  selects.push((entry) => matches(selectorSet(entry.selectors), wanted, query ?? match, 'selectors'));
  if (query !== undefined)
    keeps.push((entry) => matches(selectorSet(entry.selectors), wanted, match, 'selectors'));
}
