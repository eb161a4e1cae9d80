import { startPracticeSpire } from '../../packages/practice/src/spire/index.ts';

// A SPIRE server on the wire, in a process of its own: `node server.ts DIRECTORY ENTRIES`. Ends with its parent.
const [directory = '', entries = '1000000'] = process.argv.slice(2);
const spire = await startPracticeSpire({ directory, entries: Number(entries) });
process.on('disconnect', () => process.exit(0));
process.send?.({ sockets: spire.trustDomains.map(({ name, serverSocket }) => ({ name, serverSocket })) });
