import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandLine, shellWord } from './command.ts';
import { createCommand, updateCommand } from './spire/commands.ts';
import type { EntryFields } from './spire/rows.ts';

const fields: EntryFields = {
  spiffeId: 'spiffe://a.example/x',
  parentId: 'spiffe://a.example/spire/server',
  selectors: [{ type: 'unix', value: 'path:/opt/my app' }],
  x509SvidTtl: 60,
  jwtSvidTtl: 30,
  federatesWith: ['b.example'],
  admin: true,
  downstream: true,
  expiresAt: 1_900_000_000n,
  dnsNames: ['x.example'],
  storeSvid: true,
  disableX509SvidPrefetch: true,
  jwtSvidIncludeJti: true,
  hint: '$(reboot)',
};

describe('equivalent commands', () => {
  it('print every field, and -node for the server as parent', () => {
    expect(createCommand('unix:///run/s.sock', fields).line).toBe(
      "spire-server entry create -socketPath /run/s.sock -spiffeID spiffe://a.example/x -node -selector 'unix:path:/opt/my app' -x509SVIDTTL 60 -jwtSVIDTTL 30 -federatesWith spiffe://b.example -dns x.example -hint '$(reboot)' -entryExpiry 1900000000 -admin -downstream -storeSVID -disableX509SVIDPrefetch -jwtSVIDIncludeJTI",
    );
    expect(updateCommand('https://spire:8081', 'id-1', fields)).toMatchObject({
      line: expect.stringMatching(/^spire-server entry update -entryID id-1 /u) as string,
      note: expect.stringMatching(/replaces the whole entry.*server’s own host/u) as string,
    });
  });

  it('S-22: whatever a name holds, the shell gets it as one word', () => {
    const hostile = [
      "'",
      '"',
      '$(x)',
      '`x`',
      'a\nb',
      '',
      '~',
      '*',
      '!',
      ';rm -rf /',
      '\\',
      '#',
      '-rf',
      '=ls',
      '{a,b}',
      '\u202e',
    ];
    const out = execFileSync('/bin/sh', ['-c', commandLine(['printf', '%s\\0', ...hostile])]);
    expect(out.toString().split('\0').slice(0, -1)).toEqual(hostile);
    expect(shellWord('plain/word-1.2:x')).toBe('plain/word-1.2:x');
  });
});
