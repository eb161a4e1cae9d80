import { create } from '@bufbuild/protobuf';
import type { DescMethodServerStreaming } from '@bufbuild/protobuf';
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import type { Transport } from '@connectrpc/connect';
import { ControlPlaneService, NodeSchema } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { either } from '../../signals.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import type { Generation } from './port.ts';

/** No node is called this. */
const nobody = '__probe__';

/**
 * Finds out which wire family a control plane speaks, by reading only. Every generation has the same service name, so
 * the methods it has tell. Throws `Fault`: `generation` when it has none that is known.
 */
export async function probeGeneration(transport: Transport, signal?: AbortSignal): Promise<Generation> {
  const has = (method: string, node = ''): Promise<boolean> => implemented(transport, method, node, signal);
  if (await has('ListDomains')) return 'h';
  if ((await has('ListGroups')) || (await has('ListSegments'))) return 'g';
  if (await has('ListNodeRoutes', nobody)) return 'f';
  if (await has('ListLinks')) return 'e';
  if (await has('ListSubscriptions', nobody)) return (await has('ListRoutes')) ? 'c' : 'a';
  if (await has('ListRoutes', nobody)) return 'b';
  throw new Fault('generation', 'server');
}

/**
 * Calls a method as one that streams its answer: a server that answers with one message answers so too, and the other
 * way round it would hang. Unknown fields are left aside, so what the answer is made of does not matter.
 */
async function implemented(
  transport: Transport,
  name: string,
  node: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const method: DescMethodServerStreaming<typeof NodeSchema, typeof EmptySchema> = {
    ...ControlPlaneService.method.listNodes,
    name,
    localName: name,
    input: NodeSchema,
    output: EmptySchema,
  };
  const message = create(NodeSchema, { id: node });
  const once = new AbortController();
  const until = either(signal, once);
  try {
    const answer = await transport.stream(
      method,
      until,
      undefined,
      undefined,
      (async function* () {
        yield message;
      })(),
    );
    for await (const _first of answer.message) break;
    return true;
  } catch (error) {
    return answered(classify(error));
  } finally {
    once.abort();
  }
}

/**
 * A method is there when it answers anything but Unimplemented, and also when its Unimplemented says something
 * of its own: 2.0–3.4 answer so when domains are not managed by secrets.
 */
function answered(fault: Fault): boolean {
  if (fault.origin !== 'server') throw fault;
  return (
    fault.code !== 'unimplemented' || (fault.words !== '' && !/^unknown (method|service)/u.test(fault.words))
  );
}
