import { ownBytes } from './bytes.ts';
import type { Judgement, JudgeInput } from './judge-types.ts';
import { judgeBundle, judgeBundleUpdate } from './judge-bundle.ts';
import { judgeBundleMap } from './judge-bundle-map.ts';
import { judgeJwt } from './judge-jwt.ts';
import { judgeSpiffeId } from './judge-spiffe-id.ts';
import { judgeBundleEndpointUrl, judgeWorkloadEndpointUri } from './judge-uris.ts';
import { judgeWit } from './judge-wit.ts';
import { judgeWorkloadResponse } from './judge-workload-response.ts';
import { judgeX509 } from './judge-x509.ts';

/** The reason given when Muster itself failed. Fuzzing counts any judgement with it as a defect. */
export const INTERNAL_ERROR = 'Muster could not judge this because of an error of its own.';

/**
 * Judges one document by the rule sheet, for the time in `input.at`. Never throws: a document that cannot be read is
 * `unreadable`, and so is one that Muster trips over; neither is ever `valid`.
 */
export async function judge(input: JudgeInput): Promise<Judgement> {
  try {
    if (Number.isNaN(input.at.getTime()))
      return refusal(input, 'skip', 'There is no usable evaluation time.');
    return await dispatch(input);
  } catch {
    return refusal(input, 'unreadable', INTERNAL_ERROR);
  }
}

function refusal(input: JudgeInput, verdict: 'skip' | 'unreadable', reason: string): Judgement {
  return { kind: input.kind, verdict, reason, checks: [], fails: [], warns: [], decoded: { type: 'none' } };
}

async function dispatch(input: JudgeInput): Promise<Judgement> {
  const bytes = ownBytes(input.input);
  switch (input.kind) {
    case 'spiffe-id':
      return judgeSpiffeId(bytes);
    case 'x509-svid':
    case 'x509-svid-keypair':
      return judgeX509(input, bytes);
    case 'jwt-svid':
      return judgeJwt(input, bytes);
    case 'wit-svid':
      return judgeWit(input, bytes);
    case 'bundle':
      return judgeBundle(input, bytes);
    case 'bundle-update':
      return judgeBundleUpdate(input, bytes);
    case 'bundle-map':
      return judgeBundleMap(input, bytes);
    case 'bundle-endpoint-url':
      return judgeBundleEndpointUrl(bytes);
    case 'workload-endpoint-uri':
      return judgeWorkloadEndpointUri(bytes);
    case 'workload-x509-response':
      return judgeWorkloadResponse(input, bytes);
    default:
      return refusal(input, 'skip', 'Muster has no rules for this kind of input.');
  }
}
