import { Code, ConnectError } from '@connectrpc/connect';
import type { ConnectRouter, Transport } from '@connectrpc/connect';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { openChannel } from '../transport.ts';
import { probeGeneration } from './probe.ts';
import { planeA, planeB, planeE } from './testing/planes.ts';
import { planeH } from '@muster/practice/slim/plane/plane';
import { servePlane } from '@muster/practice/slim/plane/serve';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function probed(starting: ServedPlane | Promise<ServedPlane>) {
  const plane = await starting;
  const channel = openChannel({ address: plane.address, timeoutMs: 3000 });
  closing.push(
    () => channel.close(),
    () => plane.close(),
  );
  return { plane, generation: await probeGeneration(channel.transport as Transport) };
}

const methods = ControlPlaneService.method;
/** Part of the methods of 2.0–3.4, as its prereleases had them. */
const prerelease = (...names: (keyof typeof methods)[]) =>
  servePlane('rust', (router: ConnectRouter) => {
    for (const name of names)
      router.rpc(methods[name], (() => {
        throw new ConnectError('no such node', Code.NotFound);
      }) as () => never);
  });

describe('which generation a control plane is of', () => {
  it('is told by what it has, by reading only', async () => {
    expect((await probed(planeA())).generation).toBe('a');
    expect((await probed(planeB())).generation).toBe('b');
    for (const version of ['0.7', '1.0'] as const)
      expect((await probed(planeE(version))).generation).toBe('c');
    expect((await probed(planeE('1.4'))).generation).toBe('e');
    expect((await probed(prerelease('listNodeRoutes'))).generation).toBe('f');
    expect((await probed(prerelease('listSegments', 'listNodeRoutes'))).generation).toBe('g');
    const newest = await probed(planeH());
    expect(newest.generation).toBe('h');
    expect(newest.plane.calls).toEqual(['ListDomains']);
  });

  it('is the newest too when domains are not managed by secrets: Unimplemented with words of its own', async () => {
    const plane = servePlane('rust', (router) =>
      router.rpc(methods.listDomains, () => {
        throw new ConnectError('registration_auth is not shared_secret', Code.Unimplemented);
      }),
    );
    expect((await probed(plane)).generation).toBe('h');
  });

  it('writes nothing, whatever it asks', async () => {
    const { plane } = await probed(planeB());
    expect(plane.calls.every((name) => name.startsWith('List'))).toBe(true);
  });

  it.each(['go', 'rust'] as const)('of a %s server that is none is said to be unknown', async (language) => {
    const other = servePlane(language, (router) => router.service(Bundle, {}));
    const fault = await probed(other).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: 'generation' });
  });

  it('is not guessed when nothing answers', async () => {
    const channel = openChannel({ address: 'http://127.0.0.1:9', timeoutMs: 2000 });
    closing.push(() => channel.close());
    await expect(probeGeneration(channel.transport)).rejects.toMatchObject({ code: 'refused' });
  });
});
