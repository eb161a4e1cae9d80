// Every npm script ends up here, run by the pinned Node with the checkout's programs on PATH.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { buildPage } from './build.mjs';
import { forgetCounts, printTotal, reportFile } from './counts.mjs';
import { checkGenerated, generate } from './generate.mjs';
import { must, root, run } from './run.mjs';

const [task, ...args] = process.argv.slice(2);

/** Of the gateway: what its C library gives back, and where what was compiled is kept, beside the sources as the CLI's. */
const env = {
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/muster-gateway'),
  ...JSON.parse(readFileSync(join(root, 'scripts/gateway-environment.json'), 'utf8')),
  ...process.env,
};

const tasks = {
  async start() {
    await buildPage();
    process.exit(await run('node', ['apps/gateway/src/main.ts', ...args], { env }));
  },
  async test() {
    if (!process.env.CI) forgetCounts();
    await step('formatting', () => must('prettier', ['--check', '--log-level', 'warn', '.']));
    await step('lint', () => must('oxlint', ['--deny-warnings']));
    await step('types', () => must('tsc', ['--noEmit']));
    await step('generated code', checkGenerated);
    await step('page', buildPage);
    await step('unit and integration', () => vitest('unit', []));
    await step('browser journeys', () => playwright('web'));
    printTotal();
  },
  async 'test:real'() {
    await buildPage();
    await must('node', ['realstack/main.ts', 'build']);
    await step('real stack', () => vitest('real', ['--config', 'realstack/vitest.config.ts']));
    await step('real journeys', () => playwright('real'));
    printTotal();
  },
  async 'test:desktop'() {
    await buildPage();
    await must('node', ['apps/desktop/run-test.mjs'], {
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile('desktop') },
    });
    printTotal();
  },
  async realstack() {
    process.exit(await run('node', ['realstack/main.ts', ...args]));
  },
  generate,
  async format() {
    await must('prettier', ['--write', '--log-level', 'warn', '.']);
  },
  async bench() {
    await must('node', ['bench/main.ts', ...args]);
  },
  async total() {
    printTotal();
  },
};

if (!Object.hasOwn(tasks, task)) {
  console.error(`There is no task "${task}". There are: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
await tasks[task]();

async function step(name, work) {
  const began = performance.now();
  console.log(`\n── ${name}`);
  await work();
  console.log(`── ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function vitest(suite, extra) {
  return must('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile(suite)}`,
    ...extra,
    ...args,
  ]);
}

async function playwright(project) {
  const env = {
    MUSTER_CHROMIUM: await findBrowser(),
    PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile(`journeys-${project}`),
  };
  if (!existsSync(join(root, 'e2e', project))) return;
  await must('playwright', ['test', `--project=${project}`, ...args], { env });
}
