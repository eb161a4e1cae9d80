import { createHash } from 'node:crypto';

/** One line of the audit log. Several lines share a record: one before the action is sent, one after. */
export interface AuditLine {
  record: string;
  /** ms since 1970 */
  at: number;
  action: string;
  title: string;
  session: string;
  client: string;
  role: string;
  /** started, done, refused, partial, unknown */
  state: string;
  detail: string;
  digest: string;
}

/** Hash of a line over its place, the line before it and every field, length-prefixed so that no two lines hash alike. */
export function lineHash(seq: number, previous: string, line: AuditLine): string {
  const hash = createHash('sha256');
  const fields = [
    'muster-audit-1',
    String(seq),
    previous,
    line.record,
    String(line.at),
    line.action,
    line.title,
    line.session,
  ];
  for (const field of [...fields, line.client, line.role, line.state, line.detail, line.digest]) {
    const bytes = Buffer.from(field, 'utf8');
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('base64url');
}
