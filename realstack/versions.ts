import { readFileSync } from 'node:fs';

/** What `versions.json` pins: the one place where versions are written. */
export interface Versions {
  spire: { version: string; module: string; binaries: string[] };
  /** `crates`: crate name → the program it installs. */
  slim: { version: string; crates: Record<string, string> };
  /**
   * `cores`: version of SLIM → version of the Python package that has its node and its applications. `sha256`: version of
   * the package → its wheels for Linux on x86-64 and arm64; no other is installed.
   */
  wheels: { package: string; cores: Record<string, string>; sha256: Record<string, string[]> };
  /** Debian packages the native builds need. */
  debian: string[];
}

export function readVersions(): Versions {
  return JSON.parse(readFileSync(new URL('versions.json', import.meta.url), 'utf8')) as Versions;
}
