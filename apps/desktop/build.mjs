/** Builds the shell into `dist/`: one CommonJS file each for main and preload, as a sandboxed preload must be. */
import { readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const here = import.meta.dirname;

export async function buildDesktop() {
  // Apart from each other, or what they share becomes a third file that the preload may not load.
  for (const [name, target] of [
    ['main', 'node16'],
    ['preload', 'chrome108'],
  ]) {
    await build({
      root: here,
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      ssr: { noExternal: true },
      build: {
        ssr: `src/${name}.ts`,
        outDir: 'dist',
        emptyOutDir: name === 'main',
        target,
        minify: false,
        rolldownOptions: {
          external: ['electron', ...builtinModules, /^node:/],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    });
  }
  const { version } = JSON.parse(await readFile(`${here}/package.json`, 'utf8'));
  const manifest = { name: 'muster', productName: 'Muster', version, main: 'main.cjs', type: 'commonjs' };
  await writeFile(`${here}/dist/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildDesktop();
