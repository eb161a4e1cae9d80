/** Entry of the practice network's process: a real SLIM node and the members that live on it. */
import { errorText, loadBindings } from './bindings.ts';
import { CallError, serveCalls } from './ipc.ts';
import { startMember } from './member.ts';
import type { Member, MemberOptions } from './member.ts';
import type { NetworkCalls, StartInput } from './protocol.ts';

const members = new Map<string, Member>();
let join: ((name: string) => Promise<void>) | undefined;

async function start({ port, sharedSecret, members: names, pace }: StartInput): Promise<void> {
  const slim = await loadBindings();
  const node = slim.createService('practice-node');
  try {
    await node.runServerAsync(slim.newInsecureServerConfig(`127.0.0.1:${port}`));
  } catch (error) {
    throw new CallError('no-port', `the practice node could not listen on port ${port}: ${errorText(error)}`);
  }
  const colleagues = new Set(names);
  join = async (name) => {
    const options: MemberOptions = {
      name,
      endpoint: `http://127.0.0.1:${port}`,
      sharedSecret,
      pace,
      isColleague: (other) => colleagues.has(other),
    };
    const member = await startMember(slim, options).catch((error) => {
      throw new CallError('no-member', `${name} could not be started: ${errorText(error)}`);
    });
    members.set(name, member);
  };
  for (const name of names) await join(name);
}

function crash({ member }: { member: string }): void {
  const found = members.get(member);
  if (!found) throw new CallError('no-member', `no practice member is running as ${member}`);
  members.delete(member);
  found.crash();
}

async function revive({ member }: { member: string }): Promise<void> {
  if (members.has(member)) throw new CallError('running', `${member} is running`);
  await join?.(member);
}

const calls: NetworkCalls = { start, crash, revive };
serveCalls(calls);
