/** STARTTLS (RFC 3207): everything said before it counts for nothing behind it. */
import { reply } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import type { TlsServerContext } from '../../net/index.ts';
import { parseNothing } from '../grammar/command.ts';
import { isReply } from '../grammar/refusals.ts';
import { notOffered, outOfOrder } from './replies.ts';
import type { Session } from './session.ts';
import { ANY_TIME, verb } from './verb.ts';

export const starttls = verb<undefined>({
  name: 'STARTTLS',
  usage: 'STARTTLS',
  states: ANY_TIME,
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  keywords: (session) => (session.settings.tls !== undefined && session.wire.tls === undefined ? ['STARTTLS'] : []),
  parse: (text) => parseNothing('STARTTLS', text),
  async run(session) {
    const context = tlsContext(session);
    if (isReply(context)) return context;
    session.send([reply(220, '2.0.0', 'Begin the TLS handshake')]);
    await session.flushIf(true);
    await session.reset();
    await session.ending.during(false, () => session.wire.startTls({ role: 'server', context }));
    // RFC 3207 §4.2: the name and the login came over a line that anybody could write to.
    session.state = { at: 'connected' };
    session.login = undefined;
    return undefined;
  },
});

/** The key and certificate of now, or why there can't be TLS. */
function tlsContext(session: Session): TlsServerContext | Reply {
  const { tls } = session.settings;
  if (tls === undefined) return notOffered('TLS is not offered here');
  if (session.wire.tls !== undefined) return outOfOrder('The connection is protected by TLS already');
  try {
    return tls();
  } catch (cause) {
    return reply(454, '4.7.0', 'TLS is not available now; please try again later', { rule: 'tls-unavailable', cause });
  }
}
