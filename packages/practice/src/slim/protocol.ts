/** What the practice network's process is asked; see ipc.ts. */
export interface Pace {
  /** Milliseconds between two messages a member writes on its own. */
  minMs: number;
  maxMs: number;
}

export interface StartInput {
  port: number;
  sharedSecret: string;
  members: string[];
  pace: Pace;
}

export type NetworkCalls = {
  start(input: StartInput): Promise<void>;
  crash(input: { member: string }): void;
  revive(input: { member: string }): Promise<void>;
};
