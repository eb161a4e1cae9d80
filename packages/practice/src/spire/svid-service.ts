import type { ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import { parseSigningRequest } from './csr.ts';
import { parseSpiffeId, text, workloadId } from './ids.ts';
import { issueJwtSvid, issueX509Svid } from './issue.ts';
import { invalid, within } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

const defaultX509Ttl = 3600;
const defaultJwtTtl = 300;

/** Minting needs no entry. Zero and negative TTLs mean the default. */
export function svidService({ authorities, clock, name }: TrustDomainState): ServiceImpl<typeof SVID> {
  return {
    mintX509SVID({ csr, ttl }) {
      const request = parseSigningRequest(csr);
      const [uri] = request.uris;
      if (uri === undefined) throw invalid('CSR URI SAN is required');
      if (request.uris.length > 1) throw invalid('only one URI SAN is expected');
      const id = within('CSR URI SAN is invalid', () => workloadId(parseSpiffeId(uri), name));
      for (const dnsName of request.dnsNames)
        if (!/^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(dnsName))
          throw invalid(`CSR DNS name is invalid: name does not match regex: "${dnsName}"`);
      const subject = { spiffeId: text(id), publicKey: request.publicKey, dnsNames: request.dnsNames };
      const issued = issueX509Svid(authorities, subject, ttl > 0 ? ttl : defaultX509Ttl, clock.seconds());
      return { svid: { id, certChain: [issued.certificate], expiresAt: BigInt(issued.expiresAt) } };
    },

    async mintJWTSVID({ id: sent, audience, ttl }) {
      const id = within('invalid SPIFFE ID', () => workloadId(sent, name));
      if (audience.length === 0) throw invalid('at least one audience is required');
      const request = { spiffeId: text(id), audience, ttl: ttl > 0 ? ttl : defaultJwtTtl };
      const { token, expiresAt, issuedAt } = await issueJwtSvid(authorities, request, clock.seconds());
      return { svid: { id, token, expiresAt: BigInt(expiresAt), issuedAt: BigInt(issuedAt) } };
    },

    mintWITSVID() {
      throw new ConnectError('WIT functionality is disabled', Code.Unimplemented);
    },
  };
}
