import { type Connection, ConnectionKind, ConnectionState } from '@muster/api';
import { proseText, type Tone } from './components/index.ts';

/** The field's names of what can be connected. */
export const CONNECTION_KIND: Record<ConnectionKind, string> = {
  [ConnectionKind.UNSPECIFIED]: 'unknown',
  [ConnectionKind.SPIRE_SERVER]: 'SPIRE Server',
  [ConnectionKind.WORKLOAD_API]: 'Workload API',
  [ConnectionKind.SLIM_CONTROL_PLANE]: 'SLIM control plane',
  [ConnectionKind.CHANNEL_MANAGER]: 'SLIM channel manager',
  [ConnectionKind.SLIM_NODE]: 'SLIM node',
};

const STATE: Record<ConnectionState, { tone: Tone; word: string; reason: string }> = {
  [ConnectionState.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'The gateway has not said.' },
  [ConnectionState.CONNECTING]: { tone: 'unknown', word: 'connecting', reason: 'It has not answered yet.' },
  [ConnectionState.READY]: { tone: 'ok', word: 'ready', reason: 'It answers.' },
  [ConnectionState.DEGRADED]: { tone: 'warn', word: 'degraded', reason: 'A part of it does not work.' },
  [ConnectionState.FAILED]: { tone: 'bad', word: 'failed', reason: 'It cannot be reached.' },
};

export function connectionState({ state, reason }: Connection): { tone: Tone; word: string; reason: string } {
  const known = STATE[state];
  return { ...known, reason: proseText(reason) || known.reason };
}
