import { listRaw } from '../../apps/gateway/src/upstream/testing/raw-listing.ts';

// One page of a server's entries, in a process that has just started as a gateway has: `node raw-page.ts ADDRESS SIZE`.
const [address = '', size = ''] = process.argv.slice(2);
const { firstMs: cold } = await listRaw(address, 1, Number(size));
const { firstMs: warm } = await listRaw(address, 1, Number(size));
process.send?.({ cold, warm });
process.disconnect?.();
