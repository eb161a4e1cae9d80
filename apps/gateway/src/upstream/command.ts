import { create } from '@bufbuild/protobuf';
import { EquivalentCommandSchema } from '@muster/api';
import type { EquivalentCommand } from '@muster/api';

/** One word of a POSIX shell line. What is not plainly harmless goes into single quotes. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/u.test(word) && !word.startsWith('=')) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

export function command(tool: string, words: readonly string[], note = ''): EquivalentCommand {
  return create(EquivalentCommandSchema, { tool, line: commandLine([tool, ...words]), note });
}

export function noCommand(note: string): EquivalentCommand {
  return create(EquivalentCommandSchema, { note });
}
