import { readFileSync } from 'node:fs';

/** Names one process for ever: a pid alone is reused, a pid with its start time in one boot is not. */
export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks after boot. */
  startTicks: string;
  boot: string;
}

export function identify(pid: number): ProcessIdentity {
  const stat = readStat(pid);
  if (!stat) throw new Error(`process ${pid} has already ended`);
  return { pid, startTicks: stat.startTicks, boot: bootId() };
}

/** True while that very process runs; a zombie counts as ended. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  return (
    stat !== undefined &&
    stat.state !== 'Z' &&
    stat.startTicks === identity.startTicks &&
    identity.boot === bootId()
  );
}

/** Signals that very process and no other; false when it has already ended. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readStat(pid: number): { state: string; startTicks: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // The command name, in brackets, may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === undefined || startTicks === undefined) throw new Error(`cannot read /proc/${pid}/stat`);
  return { state, startTicks };
}
