/**
 * UTF8 (RFC 6856 §2.1): before the login only; from then on messages, and their sizes, are as they are. Without it
 * a message with UTF-8 in its header comes in a form of ASCII. Said twice it changes nothing.
 */
import { ok } from '../answer.ts';
import { noArguments } from '../arguments.ts';
import { row } from '../verb.ts';

export const UTF8 = row({
  name: 'UTF8',
  states: ['authorization'],
  beforeTls: true,
  parse: noArguments,
  run(session) {
    session.speakUtf8();
    return ok('Messages come as they are, UTF-8 included');
  },
  // USER: names and passwords are read as UTF-8, whether this command came or not (RFC 6856 §2.2). Announced in both states.
  capabilities: () => [{ name: 'UTF8', parameters: ['USER'] }],
});
