import { create } from '@bufbuild/protobuf';
import { ChannelSchema, Mls } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { channelsCsv } from './ExportChannels.tsx';

describe('channels as CSV', () => {
  it('S-22: has nothing that a spreadsheet would run, and no number for what is not known', () => {
    const channel = create(ChannelSchema, { name: '=cmd/a/b', connection: 'slim', mls: Mls.OFF, members: 2 });
    const [, row] = channelsCsv([channel]).split('\r\n');
    expect(row).toBe("slim,'=cmd/a/b,2,,off,unowned,,,,,,");
  });
});
