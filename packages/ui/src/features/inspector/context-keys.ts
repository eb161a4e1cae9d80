import { create } from '@bufbuild/protobuf';
import { type ContextFinding, ContextFindingSchema, ContextTone, ContextTopic } from '@muster/api';
import type { Decoded } from '@muster/domain';

/**
 * How strong keys and signatures are, seen in the document itself, here in this window. The SPIFFE specifications leave it
 * to policy; NIST SP 800-57 (part 1, table 2) and 800-131A are what is commonly asked for.
 */
export function keyFindings(decoded: Decoded): ContextFinding[] {
  if (decoded.type !== 'x509-svid') return [];
  const certificates = decoded.certificates.map((one, index) => ({
    whose: index === 0 ? 'its own key' : `the key of certificate ${index + 1}`,
    ...one,
  }));
  const short = certificates.flatMap(({ whose, keyType }) => {
    const bits = /^RSA ([0-9]+)$/u.exec(keyType)?.[1];
    return bits !== undefined && Number(bits) < 2048 ? [`${whose} (${keyType})`] : [];
  });
  const old = certificates.flatMap(({ whose, signatureAlgorithm }) =>
    /SHA-?1\b|MD[245]/iu.test(signatureAlgorithm) ? [`${whose} (${signatureAlgorithm})`] : [],
  );
  const [leaf] = certificates;
  if (!leaf) return [];
  const found = [
    ...(short.length > 0
      ? [
          say(
            'key-weak',
            ContextTone.DANGER,
            'A key that is too short',
            `${short.join(', ')}: RSA below 2048 bits can be broken by whoever wants to. The specifications leave the length to policy, and SPIRE mints for 1024 bits.`,
          ),
        ]
      : []),
    ...(old.length > 0
      ? [
          say(
            'signature-weak',
            ContextTone.DANGER,
            'A signature by a broken hash',
            `Of ${old.join(', ')}: another certificate with the same signature can be made.`,
          ),
        ]
      : []),
  ];
  return found.length > 0
    ? found
    : [
        say(
          'key-strong',
          ContextTone.GOOD,
          `Its key is ${leaf.keyType}`,
          'As strong as is commonly asked for.',
        ),
      ];
}

const say = (code: string, tone: ContextTone, title: string, text: string): ContextFinding =>
  create(ContextFindingSchema, { topic: ContextTopic.LIFETIME, code, tone, title, text });
