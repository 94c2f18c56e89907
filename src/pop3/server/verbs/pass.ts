/**
 * PASS string (RFC 1939 §7): only right after USER. The whole rest of the line is the password, with its spaces.
 * USER and PASS say what one PLAIN message says (RFC 4616), so they are read as one: the same preparation of name
 * and password, whichever way they come.
 */
import { saslMechanism } from '../../../sasl/index.ts';
import type { SaslStep } from '../../../sasl/index.ts';
import { parsed } from '../../grammar/parsed.ts';
import { refuse } from '../answer.ts';
import { logIn } from '../login.ts';
import { PASSWORD_WANTED, TEMPORARY_FAILURE, USER_FIRST, misunderstood } from '../refusals.ts';
import { row } from '../verb.ts';

export const PASS = row({
  name: 'PASS',
  states: ['authorization'],
  beforeTls: false,
  parse: (rest) => (rest === undefined || rest === '' ? PASSWORD_WANTED : parsed(rest)),
  async run(session, state, password: string) {
    if (state.user === undefined) return refuse(USER_FIRST);
    session.state = { kind: 'authorization' };
    const step = asPlain(state.user, password);
    switch (step?.kind) {
      case 'password':
        return await logIn(session, { ...step.login, mechanism: 'PASS' });
      case 'malformed':
        return refuse(misunderstood({ text: step.text, rule: 'login-malformed' }));
      default:
        return refuse(TEMPORARY_FAILURE);
    }
  },
});

function asPlain(name: string, password: string): SaslStep | undefined {
  return saslMechanism('PLAIN')
    ?.create()
    .next(Buffer.from(`\0${name}\0${password}`));
}
