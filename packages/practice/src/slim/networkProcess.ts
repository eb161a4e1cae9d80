/** Entry of the practice network's process: a real SLIM node and the members that live on it. */
import { errorText, loadBindings } from './bindings.ts';
import type { SlimService } from './bindings.ts';
import { CallError, serveCalls } from './ipc.ts';
import { ManagerHost } from './manager/host.ts';
import { startMember } from './member.ts';
import type { Member, MemberOptions } from './member.ts';
import type { NetworkCalls, StartInput } from './protocol.ts';

/** The node lives as long as this is held: once it is garbage, its server stops listening. */
let node: SlimService | undefined;
const members = new Map<string, Member>();
const managers = new Map<string, ManagerHost>();
let join: ((name: string) => Promise<void>) | undefined;
let manage: ((name: string) => ManagerHost) | undefined;

async function start({ port, sharedSecret, members: names, pace }: StartInput): Promise<void> {
  const slim = await loadBindings();
  node = slim.createService('practice-node');
  try {
    await node.runServerAsync(slim.newInsecureServerConfig(`127.0.0.1:${port}`));
  } catch (error) {
    throw new CallError('no-port', `the practice node could not listen on port ${port}: ${errorText(error)}`);
  }
  const endpoint = `http://127.0.0.1:${port}`;
  manage = (name) => new ManagerHost(slim, { name, endpoint, sharedSecret });
  const colleagues = new Set(names);
  join = async (name) => {
    const options: MemberOptions = {
      name,
      endpoint,
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

/** Its app is made when it is first needed: the start does not wait for it. */
function hostOf(manager: string): ManagerHost {
  const host = managers.get(manager) ?? manage?.(manager);
  if (!host) throw new CallError('not-running', 'the practice network is starting');
  managers.set(manager, host);
  return host;
}

const calls: NetworkCalls = {
  start,
  crash,
  revive,
  openRoom: ({ manager, channel, mls }) => hostOf(manager).open(channel, mls),
  inviteTo: ({ manager, channel, member }) => hostOf(manager).invite(channel, member),
  expelFrom: ({ manager, channel, member }) => hostOf(manager).expel(channel, member),
  closeRoom: ({ manager, channel }) => hostOf(manager).close(channel),
  membersOf: ({ manager, channel }) => hostOf(manager).members(channel),
  askOwner: ({ manager, callback, request }) => hostOf(manager).ask(callback, request),
};
serveCalls(calls);
