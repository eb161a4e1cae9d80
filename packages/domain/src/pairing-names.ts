/** What the names of files say. Only ever a hint: keys are compared, and signatures checked, where that can be. */
export interface FileName {
  /** Everything before the last `/`; empty without one. */
  readonly folder: string;
  /** Lower case, without folders. */
  readonly base: string;
  /** `base` without its last ending. */
  readonly stem: string;
}

export function readName(name: string): FileName {
  const path = name.replaceAll('\\', '/').toLowerCase();
  const slash = path.lastIndexOf('/');
  const base = path.slice(slash + 1);
  const dot = base.lastIndexOf('.');
  return { folder: slash < 0 ? '' : path.slice(0, slash), base, stem: dot > 0 ? base.slice(0, dot) : base };
}

const KEY_MARK = /^(?:key|private|privkey|private[-_.]?key)$|[-_.](?:key|private[-_.]?key)$/u;
const CERT_WORDS = ['svid', 'cert', 'certificate', 'tls', 'client', 'server', 'chain', 'fullchain'];

/**
 * The stems that a certificate's name may have when a private key is named like it: `tls.key` and `tls.crt`, `svid.0.key` and
 * `svid.0.pem`, `web_key.pem` and `web.pem` or `web-cert.pem`, `key.pem` and `svid.pem`.
 */
export function stemsForKey({ stem }: FileName): readonly string[] {
  const bare = stem.replace(KEY_MARK, '');
  return bare === stem ? [stem] : bare === '' ? [stem, ...CERT_WORDS] : [stem, bare];
}

/** The stems under which a certificate is found by `stemsForKey`. */
export function stemsOfCertificate({ stem }: FileName): readonly string[] {
  const bare = stem.replace(/[-_.](?:cert|certificate|crt|chain)$/u, '');
  return bare === stem || bare === '' ? [stem] : [stem, bare];
}

/** `svid.0.pem`, as `spire-agent api fetch x509 -write` names it; its number. */
export function svidNumber({ base }: FileName): string | undefined {
  return /^svid\.(\d{1,6})\.(?:pem|key|der)$/u.exec(base)?.[1];
}

/** `bundle.0.pem` belongs to `svid.0.pem`. */
export function bundleNumber({ base }: FileName): string | undefined {
  return /^bundle\.(\d{1,6})\.(?:pem|der)$/u.exec(base)?.[1];
}

/** `federated_bundle.0.1.pem`: the bundle of another trust domain than that of `svid.0.pem`. */
export function isFederated({ base }: FileName): boolean {
  return /^federated[-_.]?bundle/u.test(base);
}

/** Names under which tools leave the bundle of the SVID that lies beside it. */
export function isOwnBundle(name: FileName): boolean {
  return (
    bundleNumber(name) !== undefined ||
    /^(?:svid[-_.]?bundle|bundle|ca|ca[-_.]?(?:bundle|cert|certs)|root[-_.]?ca|trust[-_.]?bundle)$/u.test(
      name.stem,
    )
  );
}

/** Names under which tools leave an SVID, whatever stands in it. */
export function isSvidName(name: FileName): boolean {
  return svidNumber(name) !== undefined || /^(?:tls|svid)\.(?:crt|pem|cer|der)$/u.test(name.base);
}

/** Whether a trust domain's name stands in a file's name, not as part of a longer one. */
export function namesTrustDomain({ base }: FileName, trustDomain: string): boolean {
  for (let at = base.indexOf(trustDomain); at >= 0; at = base.indexOf(trustDomain, at + 1)) {
    const before = base[at - 1] ?? '_';
    const after = base.slice(at + trustDomain.length);
    // Of what a trust domain may hold, only a dot before an ending may follow, and only `-`, `_` set words apart.
    if (/[-_]/u.test(before) && /^(?:$|[-_]|\.(?:json|jwks|pem|crt|cer|der|bundle|txt)\b)/u.test(after))
      return true;
  }
  return false;
}

/** How near two files lie: 0 in one folder, and one more for every folder between them. */
export function distance(a: string, b: string): number {
  const [from, to] = [parts(a), parts(b)];
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return from.length + to.length - 2 * shared;
}

function parts(folder: string): readonly string[] {
  return folder === '' ? [] : folder.split('/');
}
