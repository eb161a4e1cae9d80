/** One mistake in `muster.yaml`: where it is, which key, and what was expected there. */
export class ConfigError extends Error {
  readonly file: string;
  /** From 1; 0 when no line can be named. */
  readonly line: number;
  readonly key: string;
  readonly expected: string;

  constructor(at: { file: string; line: number; key: string; expected: string }) {
    super(
      `${at.file}${at.line > 0 ? `:${at.line}` : ''}: ${at.key === '' ? '' : `${at.key}: `}${at.expected}`,
    );
    this.name = 'ConfigError';
    this.file = at.file;
    this.line = at.line;
    this.key = at.key;
    this.expected = at.expected;
  }
}
