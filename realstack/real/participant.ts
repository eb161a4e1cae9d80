import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Participant {
  name: string;
  stop(): Promise<void>;
}

/** Starts a real participant, an app of its own process on a SLIM node. */
export async function startParticipant(
  endpoint: string,
  sharedSecretFile: string,
  name: string,
): Promise<Participant> {
  const script = fileURLToPath(new URL('participant-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, endpoint, sharedSecretFile, name], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let error = '';
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`The participant ${name} ended with ${code}: ${error}`)));
  });
  return {
    name,
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
