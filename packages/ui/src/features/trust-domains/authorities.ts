import type { Bundle } from '@muster/api';
import { parseCertificate } from '@muster/domain/certificate';
import { toDate } from '../../components/index.ts';

export type X509Authority =
  | { ok: true; subject: string; serial: string; notBefore: Date; notAfter: Date; tainted: boolean }
  | { ok: false; reason: string; tainted: boolean };

/** The facts of each X.509 authority, or why it cannot be read. */
export function x509Authorities(bundle: Bundle): readonly X509Authority[] {
  return bundle.x509Authorities.map(({ der, tainted }) => {
    const read = parseCertificate(new Uint8Array(der));
    if (!read.ok) return { ok: false, reason: read.problem.message, tainted };
    const { subject, serial, notBefore, notAfter } = read.value;
    return {
      ok: true,
      subject: subject.text,
      serial: Array.from(serial, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      tainted,
    };
  });
}

/** When the first of its authorities that can be read stops being valid. */
export function soonestEnd(bundle: Bundle): Date | undefined {
  const ends = [
    ...x509Authorities(bundle).map((one) => (one.ok ? one.notAfter : undefined)),
    ...bundle.jwtAuthorities.map((one) => toDate(one.expiresAt)),
  ].filter((end) => end !== undefined);
  return ends.toSorted((a, b) => a.getTime() - b.getTime())[0];
}
