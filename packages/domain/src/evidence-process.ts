import { selectorsOf, type Workload } from './evidence-values.ts';

/** True for the output of `id`, /proc/PID/status, or lines such as uid=1000. */
export function isProcess(text: string): boolean {
  return (
    /^\s*uid=\d/mu.test(text) || /^Uid:\s*\d/mu.test(text) || /^\s*(?:path|user)\s*[=:]\s*\S/imu.test(text)
  );
}

/** What the unix attestor makes of a process. It takes the effective IDs; names are those of the agent's host. */
export function readProcess(text: string): { workloads: Workload[]; notes: string[] } {
  const values: string[] = [];
  const notes: string[] = [];
  const unknown: string[] = ['docker', 'k8s', 'systemd'];
  const proc = /^Uid:\s*(\d+)\s+(\d+)/mu.exec(text);
  if (proc) {
    // /proc/PID/status: real, effective, saved, file system.
    const groups = /^Gid:\s*(\d+)\s+(\d+)/mu.exec(text);
    values.push(`uid:${proc[2] ?? ''}`);
    if (groups) values.push(`gid:${groups[2] ?? ''}`);
    for (const group of /^Groups:[ \t]*([\d ]*)$/mu.exec(text)?.[1]?.split(' ') ?? [])
      if (group !== '') values.push(`supplementary_gid:${group}`);
    unknown.push('unix:user', 'unix:group', 'unix:supplementary_group');
  } else {
    named(text, values, unknown);
  }
  for (const key of ['path', 'sha256'] as const) {
    const found = new RegExp(`^\\s*${key}\\s*[=:]\\s*(\\S.{0,4095})$`, 'imu').exec(text)?.[1]?.trim();
    if (found === undefined) unknown.push(`unix:${key}`);
    else values.push(`${key}:${found}`);
  }
  if (values.some((value) => value.startsWith('path:')))
    notes.push(
      'SPIRE makes path and sha256 only with discover_workload_path on in the agent’s unix attestor.',
    );
  return { workloads: [{ name: 'process', selectors: selectorsOf('unix', values), unknown }], notes };
}

/** `uid=1000(alice) gid=1000(alice) groups=1000(alice),27(sudo)`, or a line each. */
function named(text: string, values: string[], unknown: string[]): void {
  const one = (name: string): { id: string; word: string } => {
    const found = new RegExp(`(?:^|\\s)${name}\\s*[=:]\\s*(\\d{1,10})(?:\\(([^)\\s]{1,256})\\))?`, 'mu').exec(
      text,
    );
    return { id: found?.[1] ?? '', word: found?.[2] ?? '' };
  };
  const pairs = [
    ['uid', 'user', one('euid').id === '' ? one('uid') : one('euid')],
    ['gid', 'group', one('egid').id === '' ? one('gid') : one('egid')],
  ] as const;
  for (const [idKey, wordKey, { id, word }] of pairs) {
    const written = new RegExp(`^\\s*${wordKey}\\s*[=:]\\s*(\\S{1,256})\\s*$`, 'mu').exec(text)?.[1] ?? word;
    if (id === '') unknown.push(`unix:${idKey}`);
    else values.push(`${idKey}:${id}`);
    if (written === '') unknown.push(`unix:${wordKey}`);
    else values.push(`${wordKey}:${written}`);
  }
  const groups = /(?:^|\s)groups=([^\s]{1,8192})/mu.exec(text)?.[1];
  if (groups === undefined) unknown.push('unix:supplementary_gid', 'unix:supplementary_group');
  for (const group of groups?.split(',') ?? []) {
    const found = /^(\d{1,10})(?:\(([^)]{1,256})\))?$/u.exec(group);
    if (!found) continue;
    values.push(`supplementary_gid:${found[1] ?? ''}`);
    if (found[2] !== undefined) values.push(`supplementary_group:${found[2]}`);
  }
}
