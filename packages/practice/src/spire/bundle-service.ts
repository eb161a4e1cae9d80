import { createPublicKey, X509Certificate } from 'node:crypto';
import { clone, create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Bundle as BundleService } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import {
  BatchDeleteFederatedBundleRequest_Mode as Mode,
  BatchDeleteFederatedBundleResponse_ResultSchema as DeleteResult,
  BatchSetFederatedBundleResponse_ResultSchema as SetResult,
  BatchCreateFederatedBundleResponse_ResultSchema as CreateResult,
  BatchUpdateFederatedBundleResponse_ResultSchema as UpdateResult,
} from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import type { Bundle, BundleMask, JWTKey } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { BundleMaskSchema, BundleSchema } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { JwtAuthority } from './authorities.ts';
import { foreignX509Authority } from './authorities.ts';
import { parseTrustDomain } from './ids.ts';
import { copyParts, maskedParts, project } from './mask.ts';
import { pageOf, rowAfter } from './paging.ts';
import { attempt, invalid, notFound, ok, statusOf, within } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

const masked = (bundle: Bundle, mask: BundleMask | undefined): Bundle =>
  project(BundleSchema, bundle, BundleMaskSchema, mask, ['trustDomain']);

export function bundleService(state: TrustDomainState): ServiceImpl<typeof BundleService> {
  const { authorities, federatedBundles: bundles } = state;

  /** Applies one item of a batch and says how it went. */
  const item = (work: () => Bundle, mask: BundleMask | undefined) => {
    const outcome = attempt(work);
    return outcome instanceof ConnectError
      ? { status: statusOf(outcome) }
      : { status: ok(), bundle: masked(outcome, mask) };
  };

  return {
    countBundles: () => ({ count: bundles.size + 1 }),

    getBundle: ({ outputMask }) => masked(authorities.bundle(), outputMask),

    appendBundle({ x509Authorities, jwtAuthorities, witAuthorities, outputMask }) {
      if (x509Authorities.length + jwtAuthorities.length + witAuthorities.length === 0)
        throw invalid('no authorities to append');
      const roots = within('failed to convert X.509 authority', () =>
        x509Authorities.map(({ asn1, tainted }) => checked(() => foreignX509Authority(asn1, tainted))),
      );
      const keys = within('failed to convert JWT authority', () => jwtAuthorities.map(foreignJwtAuthority));
      const known = new Set(
        authorities.x509.published.map(({ certificate }) => certificate.toString('base64')),
      );
      authorities.x509.append(roots.filter(({ certificate }) => !known.has(certificate.toString('base64'))));
      authorities.jwt.append(keys);
      return masked(authorities.bundle(), outputMask);
    },

    listFederatedBundles({ outputMask, pageSize, pageToken }) {
      const page = pageOf(bundles.numbered(), pageSize, pageSize > 0 ? rowAfter(pageToken, 'bundles') : 0);
      return {
        bundles: page.items.map((bundle) => masked(bundle, outputMask)),
        nextPageToken: page.nextPageToken,
      };
    },

    getFederatedBundle({ trustDomain, outputMask }) {
      const name = within('trust domain argument is not valid', () => parseTrustDomain(trustDomain));
      if (name === state.name)
        throw invalid("getting a federated bundle for the server's own trust domain is not allowed");
      const bundle = bundles.get(name);
      if (!bundle) throw notFound('bundle not found');
      return masked(bundle, outputMask);
    },

    batchCreateFederatedBundle: ({ bundle: sent, outputMask }) => ({
      results: sent.map((one) =>
        create(
          CreateResult,
          item(() => {
            const bundle = convertBundle(one, state, 'creating');
            if (bundles.has(bundle.trustDomain))
              throw new ConnectError('bundle already exists', Code.AlreadyExists);
            return store(state, bundle);
          }, outputMask),
        ),
      ),
    }),

    batchUpdateFederatedBundle: ({ bundle: sent, inputMask, outputMask }) => ({
      results: sent.map((one) =>
        create(
          UpdateResult,
          item(() => {
            const bundle = convertBundle(one, state, 'updating');
            const stored = bundles.get(bundle.trustDomain);
            if (!stored) throw notFound('bundle not found');
            const next = clone(BundleSchema, stored);
            copyParts(next, bundle, maskedParts(BundleMaskSchema, inputMask));
            return store(state, next);
          }, outputMask),
        ),
      ),
    }),

    batchSetFederatedBundle: ({ bundle: sent, outputMask }) => ({
      results: sent.map((one) =>
        create(
          SetResult,
          item(() => store(state, convertBundle(one, state, 'setting')), outputMask),
        ),
      ),
    }),

    batchDeleteFederatedBundle: ({ trustDomains, mode }) => ({
      results: trustDomains.map((trustDomain) => {
        const outcome = attempt(() => deleteBundle(state, trustDomain, mode));
        return create(DeleteResult, {
          trustDomain,
          status: outcome instanceof ConnectError ? statusOf(outcome) : ok(),
        });
      }),
    }),
  };
}

function store(state: TrustDomainState, bundle: Bundle): Bundle {
  state.federatedBundles.set(bundle.trustDomain, bundle);
  state.trustChanges.emit();
  return bundle;
}

/** A bundle as a client sent it, checked. One without authorities is accepted. */
function convertBundle(sent: Bundle, state: TrustDomainState, doing: string): Bundle {
  const trustDomain = within('trust domain argument is not valid', () => parseTrustDomain(sent.trustDomain));
  if (trustDomain === state.name)
    throw invalid(`${doing} a federated bundle for the server's own trust domain is not allowed`);
  return checkedBundle(sent, trustDomain);
}

export function checkedBundle(sent: Bundle, trustDomain: string): Bundle {
  within('failed to convert bundle', () => {
    for (const { asn1 } of sent.x509Authorities)
      within('unable to parse X.509 authority', () => checked(() => new X509Certificate(asn1)));
    for (const key of sent.jwtAuthorities)
      within('unable to parse JWT authority', () => foreignJwtAuthority(key));
  });
  return { ...clone(BundleSchema, sent), trustDomain };
}

function deleteBundle(state: TrustDomainState, sent: string, mode: Mode): void {
  const trustDomain = within('trust domain argument is not valid', () => parseTrustDomain(sent));
  if (trustDomain === state.name)
    throw invalid("removing the bundle for the server's own trust domain is not allowed");
  if (!state.federatedBundles.has(trustDomain)) throw notFound('bundle not found');
  const federated = state.entries.keptEntries().filter((entry) => entry.federatesWith.includes(trustDomain));
  if (mode === Mode.RESTRICT && federated.length > 0)
    throw new ConnectError(
      `failed to delete federated bundle: datastore-sql: cannot delete bundle; federated with ${federated.length} registration entries`,
      Code.FailedPrecondition,
    );
  for (const entry of federated) {
    if (mode === Mode.DELETE) state.entries.delete(entry.id);
    // The revision is not bumped: so it is with the server.
    else
      state.entries.replace({
        ...entry,
        federatesWith: entry.federatesWith.filter((td) => td !== trustDomain),
      });
  }
  state.federatedBundles.delete(trustDomain);
  state.trustChanges.emit();
}

function foreignJwtAuthority({ keyId, publicKey, expiresAt, tainted }: JWTKey): JwtAuthority {
  if (keyId === '') throw invalid('missing key ID');
  checked(() => createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }));
  return {
    id: keyId,
    publicKey: Buffer.from(publicKey),
    notBefore: 0,
    expiresAt: Number(expiresAt) || Number.MAX_SAFE_INTEGER,
    tainted,
  };
}

/** Turns a parser's complaint into a refusal. */
function checked<T>(parse: () => T): T {
  try {
    return parse();
  } catch (reason) {
    throw invalid(reason instanceof Error ? reason.message : String(reason));
  }
}
