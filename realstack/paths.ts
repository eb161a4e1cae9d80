import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readVersions } from './versions.ts';

/** Where the programs are, absolute. */
export interface Binaries {
  spireServer: string;
  spireAgent: string;
  slim: string;
  slimControlPlane: string;
  channelManager: string;
  slimctl: string;
}

/** `$MUSTER_CACHE`, else `~/.cache/muster`. */
export function cacheDir(): string {
  const set = process.env['MUSTER_CACHE'];
  return set ? resolve(set) : join(homedir(), '.cache', 'muster');
}

export function defaultRunDir(): string {
  return join(cacheDir(), 'run');
}

export function spireDir(): string {
  return join(cacheDir(), `spire-${readVersions().spire.version}`);
}

export function slimDir(): string {
  return join(cacheDir(), `slim-${readVersions().slim.version}`);
}

/** Folder for `PYTHONPATH` with the Python package that holds this version of SLIM, as `versions.json` pairs them. */
export function wheelDir(core: string): string {
  const { package: name, cores } = readVersions().wheels;
  const version = cores[core];
  if (version === undefined) throw new Error(`versions.json has no Python package of SLIM ${core}`);
  return join(cacheDir(), `${name}-${version}`);
}

export function binaries(): Binaries {
  return {
    spireServer: join(spireDir(), 'spire-server'),
    spireAgent: join(spireDir(), 'spire-agent'),
    slim: join(slimDir(), 'slim'),
    slimControlPlane: join(slimDir(), 'slim-control-plane'),
    channelManager: join(slimDir(), 'channel-manager'),
    slimctl: join(slimDir(), 'slimctl'),
  };
}
