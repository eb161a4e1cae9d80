import { readFileSync } from 'node:fs';
import { clientConfig, errorText, loadBindings, toName, toText } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimSession } from '@muster/practice/slim/bindings';

// Many members in one process on a real node: each joins whatever it is invited to, and says who it sees there when asked.
const [endpoint = '', secretFile = '', ...names] = process.argv.slice(2);

/** A question of the parent: whom this member sees in this channel. */
export interface CrowdQuestion {
  readonly member: string;
  readonly channel: string;
}
/** `org/ns/app/instance` and whether it is online; undefined: this member is not in the channel. */
export type CrowdAnswer = readonly { readonly name: string; readonly online: boolean }[] | undefined;

const rooms = new Map<string, Map<string, SlimSession>>();

try {
  const slim = await loadBindings();
  const secret = readFileSync(secretFile, 'utf8').trim();
  for (const [index, name] of names.entries()) {
    const service = slim.createService(`crowd-${process.pid}-${index}`);
    const connection = await service.connectAsync(clientConfig(slim, endpoint));
    const app = service.createAppWithSecret(toName(slim, name), secret);
    await app.subscribeAsync(app.name(), connection);
    const own = new Map<string, SlimSession>();
    rooms.set(name, own);
    void join(app, own);
  }
  process.on('message', ({ member, channel }: CrowdQuestion) => {
    void view(member, channel).then((answer) => process.send?.({ seen: answer }));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');

  async function view(member: string, channel: string): Promise<CrowdAnswer> {
    const session = rooms.get(member)?.get(channel);
    const listed = await session?.participantsListAsync().catch(() => undefined);
    return listed?.map(({ name, status }) => ({
      name: `${toText(name)}/${name.id()}`,
      online: status === slim.ParticipantStatus.Online,
    }));
  }
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
}

async function join(app: SlimApp, own: Map<string, SlimSession>): Promise<void> {
  for (;;) {
    try {
      const session = await app.listenForSessionAsync(undefined);
      const channel = toText(session.destination());
      own.set(channel, session);
      void listen(session).finally(() => {
        if (own.get(channel) === session) own.delete(channel);
      });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** A session that nobody reads from fills up. */
async function listen(session: SlimSession): Promise<void> {
  for (;;) {
    try {
      await session.getMessageAsync(undefined);
    } catch (error) {
      if (/session closed|closed/iu.test(errorText(error))) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
