// Takes the guide's pictures anew, from the practice network:
//   node docs/guide/pictures.mjs [chapter…]     (after `npm start` or `npm test` has built the page once)
// MUSTER_CHROMIUM names the browser where Playwright's own is not installed.
import { agents } from './pictures/agents.mjs';
import { approvals } from './pictures/approvals.mjs';
import { authorities } from './pictures/authorities.mjs';
import { around } from './pictures/console.mjs';
import { entries } from './pictures/entries.mjs';
import { federation } from './pictures/federation.mjs';
import { groups } from './pictures/groups.mjs';
import { health } from './pictures/health.mjs';
import { inspector } from './pictures/inspector.mjs';
import { keys } from './pictures/keys.mjs';
import { members } from './pictures/members.mjs';
import { network } from './pictures/network.mjs';
import { reach } from './pictures/reach.mjs';
import { openStudio } from './pictures/studio.mjs';
import { workload } from './pictures/workload.mjs';

const chapters = {
  entries,
  agents,
  federation,
  authorities,
  workload,
  health,
  inspector,
  network,
  approvals,
  members,
  groups,
  keys,
  reach,
  console: around,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(chapters, name));
if (unknown) throw new Error(`There is no chapter "${unknown}": ${Object.keys(chapters).join(', ')}.`);

const studio = await openStudio();
try {
  for (const [name, takePictures] of Object.entries(chapters))
    if (asked.length === 0 || asked.includes(name)) await takePictures(studio);
} finally {
  await studio.close();
}
