import type { Kind, NearestSigner } from '@muster/domain';
import { useEffect, useState } from 'react';
import { signerBeside } from './beside.ts';
import type { ChosenBundle } from './bundles.ts';
import { knownBundles, type OlderCopy } from './signer.ts';
import type { Judged } from './use-judgement.ts';

const signatures: Partial<Record<Kind, string>> = {
  'x509-svid': 'X-15',
  'x509-svid-keypair': 'X-15',
  'jwt-svid': 'J-14',
  'wit-svid': 'T-12',
};

/** Whether older copies could say more: the signature is not one of the bundle that was judged against. */
export function isUnsigned({ judgement, document }: Pick<Judged, 'judgement' | 'document'>): boolean {
  const id = signatures[document.kind];
  return id !== undefined && judgement.checks.some((check) => check.id === id && check.verdict !== 'pass');
}

interface Found {
  readonly document: string;
  readonly signer: NearestSigner | undefined;
}

/** Looks for the key that signed the document. Undefined until that is known, and for documents without a signature. */
export function useSigner(
  { document, bundles }: Pick<Judged, 'document' | 'bundles'>,
  older: readonly OlderCopy[],
): NearestSigner | undefined {
  const [found, setFound] = useState<Found>();
  const { id, kind, bytes } = document;
  const known = useSame(bundles, older);
  useEffect(() => {
    let current = true;
    if (signatures[kind] === undefined) return;
    void signerBeside({ kind, input: bytes, known: knownBundles(known.bundles, known.older) }).then(
      (signer) => {
        if (current) setFound({ document: id, signer });
      },
    );
    return () => {
      current = false;
    };
  }, [id, kind, bytes, known]);
  return found?.document === id ? found.signer : undefined;
}

/** The same object while the bytes are the same: a judgement is made anew every few seconds, its bundles are not. */
function useSame(bundles: readonly ChosenBundle[], older: readonly OlderCopy[]) {
  const [known, setKnown] = useState({ bundles, older });
  const prints = (all: readonly ChosenBundle[]) =>
    all.flatMap(({ trustDomain, chosen, choices }) => [
      trustDomain,
      chosen.bytes,
      ...choices.map(({ bytes }) => bytes),
    ]);
  const [one, two] = [prints(known.bundles), prints(bundles)];
  const same =
    one.length === two.length && one.every((item, index) => item === two[index]) && known.older === older;
  if (!same) setKnown({ bundles, older });
  return same ? known : { bundles, older };
}
