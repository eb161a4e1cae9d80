import { createHmac, randomBytes } from 'node:crypto';
import { type AuthHeader, openFields } from '@muster/api';

import { systemClock } from '../apps/gateway/src/sessions/clock.ts';
import { Sessions } from '../apps/gateway/src/sessions/sessions.ts';
import { trim, welch } from './stats.ts';

const SAMPLES = 100_000;

/** S-09: refusing an unknown session takes as long as refusing a wrong MAC (|t| < 4.5 by Welch). */
export function oracle(): void {
  const sessions = new Sessions(systemClock);
  const secret = sessions.createLaunchCode();
  const nonce = randomBytes(16);
  const fields = { secretId: secret.id, nonce, timeMs: BigInt(Date.now()), client: 'browser' };
  const proof = createHmac('sha256', secret.secret)
    .update(openFields({ ...fields, instance: sessions.instance }))
    .digest();
  const opened = sessions.open({ ...fields, proof });
  if ('refused' in opened) throw new Error('The bench could not sign in.');
  const bodySha256 = randomBytes(32);
  const request = {
    method: 'POST',
    path: '/muster.v1.X/Y',
    contentType: 'application/proto',
    contentEncoding: '',
    bodySha256,
  };
  const lane = randomBytes(16);
  const classes = { known: opened.session, unknown: randomBytes(16) };
  const times: Record<keyof typeof classes, number[]> = { known: [], unknown: [] };
  for (let i = 0; i < SAMPLES * 2 + 10_000; i++) {
    const which = Math.random() < 0.5 ? 'known' : 'unknown';
    const auth: AuthHeader = {
      session: classes[which],
      generation: 0,
      lane,
      sequence: BigInt(i + 1),
      timeMs: BigInt(Date.now()),
      mac: randomBytes(32),
    };
    const began = process.hrtime.bigint();
    sessions.verify(auth, request);
    const took = Number(process.hrtime.bigint() - began);
    if (i >= 10_000) times[which].push(took);
  }
  const t = welch(trim(times.known, 0.05), trim(times.unknown, 0.05));
  console.log(
    `oracle    unknown session against wrong MAC: Welch t ${t.toFixed(2)} over ${times.known.length} + ${times.unknown.length} samples (4.5 tells them apart)`,
  );
}
