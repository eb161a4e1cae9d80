import { create } from '@bufbuild/protobuf';
import {
  LinkStatus,
  NetworkLinkSchema,
  NetworkNodeSchema,
  RouteSchema,
  RouteStatus,
  RouteTruth,
} from '@muster/api';
import { describe, expect, it } from 'vitest';
import { linksCsv, nodesCsv, routesCsv } from './csv.ts';

const second = (csv: string): string | undefined => csv.split('\r\n')[1];

describe('lists of the network as CSV', () => {
  it('S-22: have no cell that a spreadsheet would run', () => {
    const route = create(RouteSchema, {
      name: '=cmd|1/a/b',
      statusMessage: '@sum',
      status: RouteStatus.FAILED,
    });
    expect(second(routesCsv([route]))).toBe(",'=cmd|1/a/b,,,,,failed,'@sum,unknown,,");
  });

  it('say what the list says', () => {
    const route = create(RouteSchema, {
      connection: 'cp',
      name: 'acme/ops/bob',
      source: 'a/1',
      destination: 'b/1',
      status: RouteStatus.APPLIED,
      truth: RouteTruth.NOT_ON_NODE,
      id: '7',
    });
    expect(second(routesCsv([route]))).toBe('cp,acme/ops/bob,,a/1,b/1,,applied,,not on node,,');
    const link = create(NetworkLinkSchema, {
      source: 'a',
      destination: 'b',
      wantedOnly: true,
      segments: ['s', 't'],
    });
    expect(second(linksCsv([link]))).toBe(',a,b,,s t,wanted,,0,,');
    expect(
      second(
        linksCsv([create(NetworkLinkSchema, { ...link, wantedOnly: false, status: LinkStatus.APPLIED })]),
      ),
    ).toContain('applied');
  });

  it('leave a cell empty where a number is not known, and say 0 where it is', () => {
    const [unread, none] = [
      create(NetworkNodeSchema, { id: 'n' }),
      create(NetworkNodeSchema, { id: 'n', routes: 0 }),
    ];
    expect(second(nodesCsv([unread]))).toMatch(/^,n,,[a-z -]+,,,,,$/u);
    expect(second(nodesCsv([none]))).toMatch(/,0,,$/u);
  });
});
