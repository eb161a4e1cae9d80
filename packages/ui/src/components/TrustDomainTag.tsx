import { escapeText } from '@muster/domain/display';
import './SpiffeIdText.css';

const TINTS = 6;

/** FNV-1a: the same name has the same tint in every window and on every day. */
export function trustDomainTint(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return (hash % TINTS) + 1;
}

export function TrustDomainTag({ name }: { name: string }) {
  return <span className={`td-tag td${trustDomainTint(name)}`}>{escapeText(name)}</span>;
}
