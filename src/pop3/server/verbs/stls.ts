/**
 * STLS (RFC 2595 §4): before the login only, once only. What the client sent behind it in clear is thrown away by
 * the Wire, and what it said before counts no more.
 */
import { refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { noArguments } from '../arguments.ts';
import { NO_TLS_HERE, TLS_ALREADY } from '../refusals.ts';
import { row } from '../verb.ts';

export const STLS = row({
  name: 'STLS',
  states: ['authorization'],
  beforeTls: true,
  parse: noArguments,
  run(session): Answer {
    if (session.wire.tls !== undefined) return refuse(TLS_ALREADY);
    if (session.context.settings.tls === undefined) return refuse(NO_TLS_HERE);
    return { kind: 'ok', text: 'Begin TLS now', afterwards: () => session.startTls() };
  },
  // Announced before the login only (RFC 2595 §4), and only while there is something to gain.
  capabilities(session) {
    const open = session.state.kind === 'authorization' && session.wire.tls === undefined;
    return open && session.context.settings.tls !== undefined ? [{ name: 'STLS', parameters: [] }] : [];
  },
});
