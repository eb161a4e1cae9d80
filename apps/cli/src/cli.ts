import manifest from '../package.json' with { type: 'json' };
import { CliError, exit, type ExitCode } from './exit.ts';
import { suggestion } from './nearest.ts';

export interface Command {
  readonly help: string;
  run(args: readonly string[]): Promise<ExitCode>;
}

// Loaded when asked for: `verify` must not wait for the contract, nor `views` for the rule sheet.
const commands: Readonly<Record<string, { summary: string; load: () => Promise<Command> }>> = {
  start: { summary: 'Start the gateway and open its page', load: () => import('./commands/start.ts') },
  open: { summary: 'Print a fresh sign-in link and open it', load: () => import('./commands/open.ts') },
  verify: {
    summary: 'Judge a SPIFFE document by the specifications',
    load: () => import('./commands/verify.ts'),
  },
  compare: { summary: 'Compare two SPIFFE documents', load: () => import('./commands/compare.ts') },
  views: { summary: 'List what can be viewed', load: () => import('./commands/views.ts') },
  view: { summary: 'Show entries, agents, bundles, channels, …', load: () => import('./commands/view.ts') },
  export: {
    summary: 'Write entries as CSV, JSON, YAML or spire-server data',
    load: () => import('./commands/export.ts'),
  },
  why: { summary: 'Why has this workload no identity?', load: () => import('./commands/why.ts') },
  actions: { summary: 'List what can be changed', load: () => import('./commands/actions.ts') },
  plan: { summary: 'Say what an action would change', load: () => import('./commands/plan.ts') },
  apply: { summary: 'Make the change that was planned', load: () => import('./commands/apply.ts') },
  mint: { summary: 'Mint an SVID; the key is made here', load: () => import('./commands/mint.ts') },
  import: { summary: 'Import registration entries from a file', load: () => import('./commands/import.ts') },
};

const help = `muster: the console for SPIFFE identity and SLIM groups

Usage: muster COMMAND [options]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`)
  .join('\n')}

"muster COMMAND --help" explains a command. MUSTER_HOME is the folder of the gateway to use.

Exit codes: 0 done, 1 refused or partly done, 2 usage, 3 no gateway, 4 sign-in refused, 5 outcome unknown.`;

/** Runs one command line; never throws. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  try {
    return await dispatch(argv);
  } catch (error) {
    return report(error, argv[0]);
  }
}

async function dispatch([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (name === undefined) {
    console.error(help);
    return exit.usage;
  }
  if (name === '--version' || name === '-V' || name === 'version') return print(`muster ${manifest.version}`);
  if (name === '--help' || name === '-h') return print(help);
  const asked = name === 'help' ? args[0] : name;
  if (asked === undefined) return print(help);
  const entry = Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  if (!entry)
    throw new CliError(
      exit.usage,
      `There is no command "${asked}"${suggestion(asked, Object.keys(commands))} "muster --help" lists them.`,
    );
  const command = await entry.load();
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  if (name === 'help' || options.includes('--help') || options.includes('-h')) return print(command.help);
  return command.run(args);
}

function print(text: string): ExitCode {
  console.log(text);
  return exit.done;
}

function report(error: unknown, command: string | undefined): ExitCode {
  if (error instanceof CliError) {
    console.error(`muster: ${error.message}`);
    return error.code;
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    // Node's sentences go on to explain parseArgs itself.
    console.error(`muster: ${error.message.split('. To specify')[0]}. See "muster ${command} --help".`);
    return exit.usage;
  }
  console.error(`muster: ${error instanceof Error ? error.message : String(error)}`);
  return exit.refused;
}
