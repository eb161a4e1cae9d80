import { ODD_NAME } from './NameText.tsx';
import { escapeText } from '@muster/domain/display';
import './SpiffeIdText.css';

const TINTS = 6;

/** FNV-1a, seeded so that the practice network's two differ: the same name always has the same tint. */
export function trustDomainTint(name: string): number {
  let hash = 0x811cc4c8;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return (((hash ^ (hash >>> 15)) >>> 0) % TINTS) + 1;
}

export function TrustDomainTag({ name }: { name: string }) {
  const shown = escapeText(name);
  const odd = shown !== name;
  return (
    <span
      className={`td-tag td${trustDomainTint(name)}${odd ? ' sid-odd' : ''}`}
      title={odd ? ODD_NAME : undefined}
    >
      {shown}
    </span>
  );
}
