import type { FaultCode } from './fault.ts';
import { classify } from './errors.ts';

/** What a person reads for each fault: what, why, what to do. The only such table; holds no upstream text. */
const sentences: Record<FaultCode, string> = {
  'no-socket': 'There is no socket at its address. Start the server, or correct the address.',
  refused: 'Nothing listens at its address. Start the server, or correct the address.',
  'no-access': 'This gateway’s user may not open its socket. Add the user to the socket’s group.',
  'no-host': 'Its host name cannot be resolved. Check the address and DNS.',
  'no-route': 'There is no network route to its host.',
  deadline: 'It did not answer in time.',
  broken: 'The connection broke.',
  'tls-untrusted':
    'Its certificate was not issued by the authorities configured for it. Check its bundleFile or caFile.',
  'tls-expired': 'Its certificate has expired or is not valid yet. Check both clocks and its rotation.',
  'tls-name':
    'Its certificate carries another SPIFFE ID or name than the one expected. It may be another server.',
  'tls-client':
    'It refused our certificate, or asks for one where we have none. The SVID may have expired or be of another trust domain.',
  'tls-protocol': 'The TLS handshake failed: TLS 1.2 or newer is required on both sides.',
  'not-grpc': 'What answers there is not the expected gRPC service. Check the port.',
  credential: 'A credential it needs cannot be used',
  identity: 'There is no SVID to sign in to it with',
  'wrong-trust-domain':
    'It answers for another trust domain than the configured one. Nothing is read from it.',
  generation: 'It speaks a generation of the protocol that is none of those from 0.0.1 to 3.4.',
  lacking: 'Its generation cannot do this.',
  moderator: 'Our moderator is not connected to it',
  'moderator-refused': 'The moderator could not do it.',
  'config-mode': 'It manages its channels by its own configuration file; they cannot be changed here.',
  'owner-key': 'The owner’s key cannot sign.',
  'manager-refused': 'The channel manager refused.',
  closed: 'It was closed.',
  'not-ready': 'It is not connected yet.',
  denied: 'It does not permit this to our identity.',
  unauthenticated: 'It asks for a credential, and none it accepts was given.',
  'no-identity': 'It issues no identity to this process: no registration entry matches it.',
  unimplemented: 'It does not offer this.',
  'not-found': 'It does not have that.',
  'already-exists': 'It has that already.',
  invalid: 'It refused the request as not valid.',
  precondition: 'It refused: the state it is in does not allow this.',
  'too-much': 'The answer or the request is larger than the limit.',
  'server-unavailable': 'It says it is not available right now.',
  'server-error': 'It failed to handle the request; its own log says why.',
  unexpected: 'Something unexpected happened; the gateway’s log says what.',
};

/** The sentence for a fault, fit for any reply. */
export function sentence(error: unknown): string {
  const fault = classify(error);
  const said = sentences[fault.code];
  if (fault.code === 'credential' || fault.code === 'identity') return `${said}: ${fault.detail}.`;
  // SPIRE does not say whom it saw; beside our own ID a person can look for the entry that is missing.
  if (fault.code === 'denied' && fault.detail !== '')
    return `${said} We are ${fault.detail} there: an entry of it with admin, or admin_ids, would permit it.`;
  if (fault.code === 'broken' && fault.detail !== '') return `${said} ${fault.detail}`;
  if (fault.code === 'manager-refused') return fault.detail === '' ? said : `${said} ${fault.detail}`;
  if (fault.code === 'owner-key') return fault.detail === '' ? said : fault.detail;
  if (fault.code === 'lacking') return `${said} ${fault.detail}`.trimEnd();
  if (fault.code === 'moderator') return fault.detail === '' ? `${said}.` : `${said}: ${fault.detail}`;
  return said;
}

const maxWords = 300;

/** A server's own words made safe to show: control and invisible characters escaped, length capped. */
export function serverWords(text: string): string {
  let out = '';
  for (const char of text.slice(0, maxWords * 2)) {
    const unsafe = /[\p{C}\u2028\u2029]/u.test(char);
    out += unsafe ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
    if (out.length > maxWords) return `${out.slice(0, maxWords)}…`;
  }
  return out;
}

/** Why an item of an action was refused: the server's own words where it gave any. */
export function refusal(error: unknown): string {
  const fault = classify(error);
  if (fault.code === 'moderator-refused') return fault.detail;
  if (fault.code === 'denied' && fault.detail !== '') return sentence(fault);
  if (fault.code === 'manager-refused')
    return `The channel manager says: ${serverWords(fault.words)}. ${fault.detail}`.trimEnd();
  return fault.origin === 'server' && fault.words !== ''
    ? `The server says: ${serverWords(fault.words)}`
    : sentence(fault);
}
