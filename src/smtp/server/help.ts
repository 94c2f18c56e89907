/** HELP (RFC 5321 §4.1.1.8): the verbs of this listener, made from their rows. */
import { reply } from '../../mail/index.ts';
import type { Session } from './session.ts';
import { ANY_TIME, verb } from './verb.ts';
import type { Verb } from './verb.ts';

export const help = verb<string>({
  name: 'HELP',
  usage: 'HELP [verb]',
  states: ANY_TIME,
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  parse: (text) => text.toUpperCase(),
  run(session, wanted) {
    const rows = rowsHere(session);
    const row = rows.find((candidate) => candidate.name === wanted);
    if (row !== undefined) return reply(214, '2.0.0', row.usage);
    return reply(214, '2.0.0', ['The commands known here:', ...rows.map((candidate) => candidate.usage)]);
  },
});

/** What can be used on this listener now: a row whose keywords are none has nothing to offer here. */
function rowsHere(session: Session): Verb[] {
  return [...session.verbs.values()].filter(
    (row) =>
      (row.protocol === undefined || row.protocol === session.settings.protocol) &&
      row.keywords?.(session).length !== 0,
  );
}
