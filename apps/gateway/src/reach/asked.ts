import { Code, ConnectError } from '@connectrpc/connect';
import { parseSlimName } from '@muster/domain';
import type { ReachRequest } from '@muster/api';

/** A name as it was asked about. */
export interface Asked {
  name: string;
  instance: string;
}

export interface Question {
  /** Undefined: the channel's moderator. */
  from: Asked | undefined;
  /** Undefined: everyone in the channel. */
  to: Asked | undefined;
  /** Empty: by no channel. */
  channel: string;
  connection: string;
}

/** Longest name that is looked at. */
const mostLetters = 1024;
/** A UUID, and up to 1.4 a number. */
const instances = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{1,20})$/u;

/** The question, or an answer that names the field that is wrong. */
export function readQuestion({ from, to, channel, connection }: ReachRequest): Question {
  if (connection.length > 63) throw bad('connection', 'longer than 63 characters.');
  if (channel !== '') nameOf('channel', channel, false);
  if (from === '' && channel === '') throw bad('from', 'who sends is needed, or a channel.');
  if (to === '' && channel === '') throw bad('to', 'who should be reached is needed, or a channel.');
  const question = {
    from: from === '' ? undefined : nameOf('from', from, true),
    to: to === '' ? undefined : nameOf('to', to, true),
    channel,
    connection,
  };
  if (
    question.from &&
    question.from.name === question.to?.name &&
    question.from.instance === question.to.instance
  )
    throw bad('to', 'it is the same name as from.');
  return question;
}

function nameOf(field: string, text: string, ofOne: boolean): Asked {
  if (text.length > mostLetters) throw bad(field, `longer than ${mostLetters} characters.`);
  const parsed = parseSlimName(text);
  if (!parsed.ok) throw bad(field, parsed.problem.message);
  const { organization, namespace, application, instance } = parsed.value;
  const name = `${organization}/${namespace}/${application}`;
  if (instance === undefined) return { name, instance: '' };
  if (!ofOne) throw bad(field, 'a channel has no instance: organization/namespace/channel is needed.');
  const lower = instance.toLowerCase();
  if (!instances.test(lower))
    throw bad(field, 'its fourth part is an instance: a UUID, or up to 1.4 a number.');
  return { name, instance: lower };
}

const bad = (field: string, why: string): ConnectError =>
  new ConnectError(`${field}: ${why}`, Code.InvalidArgument);
