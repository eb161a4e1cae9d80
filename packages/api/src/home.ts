/**
 * Where Muster keeps its state: MUSTER_HOME, or the platform's folder for it. An empty variable counts as not set.
 * Gateway and command line must agree on it to find each other.
 *
 * @param platform as `process.platform` has it
 * @param home the user's home folder
 */
export function musterHome(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  if (env.MUSTER_HOME) return env.MUSTER_HOME;
  if (platform === 'darwin') return `${home}/Library/Application Support/Muster`;
  if (platform === 'win32') return `${env.LOCALAPPDATA || `${home}/AppData/Local`}/Muster`;
  return `${env.XDG_STATE_HOME || `${home}/.local/state`}/muster`;
}
