/**
 * Reply codes of three digits (RFC 5321 §4.2.3) as reasons, where neither words nor an enhanced code
 * say more. What they mean depends on what they answer: 550 to RCPT is about an address, at the
 * greeting about us.
 */
import type { ReasonId, Stage } from './reason.ts';

type ByStage = Partial<Readonly<Record<Stage, ReasonId>>>;

/** The first that fits: an exact code at this stage, the code, the class at this stage, the class. */
const CODES: Readonly<Record<number, ReasonId | (ByStage & { readonly else: ReasonId })>> = {
  421: 'try-later',
  432: 'login-refused', // RFC 4954 §6: the password must be set anew
  450: { auth: 'login-refused', else: 'try-later' },
  451: 'server-trouble',
  452: 'server-trouble',
  454: { tls: 'tls-failed', else: 'server-trouble' },
  455: 'unsupported-feature',
  500: 'protocol-error',
  501: {
    ehlo: 'bad-greeting',
    auth: 'login-refused',
    mail: 'bad-sender-address',
    rcpt: 'bad-recipient-address',
    else: 'protocol-error',
  },
  502: 'protocol-error',
  503: 'protocol-error',
  504: { ehlo: 'bad-greeting', else: 'unsupported-feature' },
  511: 'no-such-user', // some old servers: the enhanced code without its dots
  512: 'no-such-domain',
  513: 'bad-recipient-address',
  521: 'no-mail-here', // RFC 7504
  523: 'message-too-big',
  530: 'login-required',
  534: 'login-refused',
  535: 'login-refused',
  538: 'tls-required',
  550: { rcpt: 'no-such-user', else: 'policy-other' },
  551: 'user-moved',
  552: { rcpt: 'mailbox-full', else: 'message-too-big' },
  553: { mail: 'bad-sender-address', rcpt: 'bad-recipient-address', else: 'policy-other' },
  555: 'unsupported-feature',
  556: 'no-mail-here', // RFC 7504
  571: 'policy-other',
};

const CLASS_AT: Readonly<Record<4 | 5, ByStage & { readonly else: ReasonId }>> = {
  4: { tls: 'tls-failed', else: 'try-later' },
  5: { ehlo: 'bad-greeting', tls: 'tls-failed', auth: 'login-refused', else: 'policy-other' },
};

/** @param code 400 to 599; anything else is `unknown` */
export function reasonOfCode(code: number, stage: Stage | undefined): ReasonId {
  const kind = Math.floor(code / 100);
  if (kind !== 4 && kind !== 5) return 'unknown';
  const known = CODES[code];
  if (typeof known === 'string') return known;
  const row = known ?? CLASS_AT[kind];
  return (stage === undefined ? undefined : row[stage]) ?? row.else;
}
