/**
 * What a command's grammar answers when it can't read the command (RFC 5321 §4.2.2, RFC 3463 §3.6).
 * Parsers return these as values; nothing is sent from here.
 */
import { reply } from '../../mail/index.ts';
import type { EnhancedCode, Reply } from '../../mail/index.ts';

/** Whether a parser's or a policy's answer is a Reply rather than the value that was asked for. */
export function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && 'code' in value && 'lines' in value;
}

/** 500: not a command line at all. */
export function syntaxError(text: string): Reply {
  return reply(500, '5.5.2', text, { rule: 'syntax' });
}

/** 501: the command is known, its argument can't be read. */
export function badArgument(text: string, enhanced: EnhancedCode = '5.5.4'): Reply {
  return reply(501, enhanced, text, { rule: 'bad-argument' });
}

/** 555: a parameter that this server doesn't offer (RFC 5321 §4.1.1.11). */
export function unknownParameter(keyword: string): Reply {
  return reply(555, '5.5.4', `The parameter ${keyword} is not one that this server offers`, {
    rule: 'unknown-parameter',
  });
}
