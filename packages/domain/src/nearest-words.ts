import { quote } from './display.ts';
import type { NearKey, SignedPiece, SignerPlace } from './nearest-types.ts';
import { iso } from './path-rules.ts';

const PLACES_SHOWN = 20;

/** Places for the answer: a key that a thousand copies have is not told a thousand times. */
export function placesOf(places: readonly SignerPlace[]): readonly SignerPlace[] {
  return places.slice(0, PLACES_SHOWN);
}

/** What it means that this key is the nearest one. */
export function nearWords(near: Omit<NearKey, 'words'>, piece: SignedPiece): string {
  const [place] = near.places;
  if (!place) return '';
  switch (near.relation) {
    case 'signed':
      return `${near.subject} was signed by ${signedWords(place, piece)}`;
    case 'key-id':
      return keyIdWords(place, piece);
    case 'name':
      return `${capital(authority(place))} has the name of the issuer, but ${near.subject.replace(/^The/u, 'the')} was signed with another key: most likely that of an authority before or after a rotation, whose certificate is not known here.`;
  }
}

function signedWords(place: SignerPlace, { use, trustDomain: own }: SignedPiece): string {
  const where = `${quote(place.trustDomain, 80)} (${place.source})`;
  if (!place.own) {
    const wrong =
      own === undefined
        ? ''
        : ` That is not the trust domain of its SPIFFE ID, ${quote(own, 80)}: it is an SVID of ${quote(place.trustDomain, 80)} with a wrong ID, which ${quote(place.trustDomain, 80)} may not issue, or that bundle was kept under the wrong name.`;
    return place.older
      ? `a key that ${where} had${untilWords(place)}.${wrong}`
      : `a key of ${where}.${wrong}`;
  }
  if (place.use !== use)
    return `a key that ${where} has for ${place.use === '' ? 'no use' : place.use}, not for ${use}: a verifier may not take it for this kind of SVID.`;
  if (place.ignored !== undefined)
    return `a key of ${where} that a consumer of the bundle ignores: ${place.ignored}.`;
  if (place.older)
    return `a key that ${where} had${untilWords(place)}. It has been rotated out since, so whoever has the newer bundle refuses the document; its owner needs a fresh SVID.`;
  return place.chosen
    ? `this key of the bundle of ${where}.`
    : `a key of ${where}. The bundle that it was judged against does not have that key: the copies differ.`;
}

function untilWords({ older }: SignerPlace): string {
  return older?.until ? ` until ${iso(older.until.getTime())}` : ' in an older copy of its bundle';
}

function keyIdWords(place: SignerPlace, { use }: SignedPiece): string {
  const token = use !== 'x509-svid';
  const who = token
    ? `A key of ${place.older ? 'an older copy of ' : ''}the bundle of ${quote(place.trustDomain, 80)} (${place.source})${place.use === use || place.use === '' ? '' : `, there for ${place.use},`}`
    : capital(authority(place));
  const asked = token
    ? 'has the key id that the token names'
    : 'has the key identifier that the certificate asks for';
  const why = token
    ? 'The token was changed after it was signed, or another key goes by the same id.'
    : 'The certificate was changed after it was signed, or another key was given the same identifier.';
  const elsewhere = place.own
    ? why
    : 'The wrong trust domain may be in the ID, or two trust domains use one id.';
  return `${who} ${asked}, but did not make its signature. ${elsewhere}`;
}

function authority(place: SignerPlace): string {
  return `an authority of ${place.older ? 'an older copy of ' : ''}the bundle of ${quote(place.trustDomain, 80)} (${place.source})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
