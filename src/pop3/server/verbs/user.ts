/** USER name (RFC 1939 §7): always answered alike, so that nobody learns which names exist (§13). */
import { withoutTrailingSpaces } from '../../grammar/command.ts';
import { parsed } from '../../grammar/parsed.ts';
import { ok } from '../answer.ts';
import { NAME_WANTED } from '../refusals.ts';
import { mayShowPassword, row } from '../verb.ts';

export const USER = row({
  name: 'USER',
  states: ['authorization'],
  beforeTls: false,
  parse(rest) {
    const name = withoutTrailingSpaces(rest ?? '');
    return name === '' ? NAME_WANTED : parsed(name);
  },
  run(session, _state, name: string) {
    session.state = { kind: 'authorization', user: name };
    return ok('Now the password');
  },
  // Announced in both states, as RFC 2449 §6.2 has it.
  capabilities: (session) => (mayShowPassword(session) ? [{ name: 'USER', parameters: [] }] : []),
});
