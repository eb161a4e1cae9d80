import { existsSync } from 'node:fs';
import { run } from './run.mjs';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a Chromium to test with: an installed one, Debian's package as root, or Playwright's own download. */
export async function findBrowser() {
  const installed = [process.env.MUSTER_CHROMIUM, ...INSTALLED].find((path) => path && existsSync(path));
  if (installed) return installed;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.log('No Chromium is installed; installing the package "chromium" …');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env });
    if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  }
  if ((await run('playwright', ['install', 'chromium'])) === 0) return '';
  console.error(
    'The browser tests need a Chromium and none could be had. Install Chromium or Google Chrome (on Debian: apt-get install chromium), or name one in MUSTER_CHROMIUM.',
  );
  process.exit(1);
}
