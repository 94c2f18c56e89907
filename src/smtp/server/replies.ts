/**
 * The session's own answers: what the protocol decides without asking the policy (RFC 5321 §4.2,
 * §4.3.2; enhanced codes of RFC 3463 and RFC 5248). Handlers pick from here; each refusal has the
 * id of its rule.
 */
import { reply } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import { syntaxError } from '../grammar/refusals.ts';
import type { StateName } from './state.ts';

export function ok(text: string): Reply {
  return reply(250, '2.0.0', text);
}

/** 503: the command is right, its place is not (RFC 5321 §4.1.4). */
export function outOfOrder(text: string): Reply {
  return reply(503, '5.5.1', text, { rule: 'bad-sequence' });
}

/** Why a verb can't run in a state it isn't allowed in. */
export function notNow(verb: string, at: StateName, hello: string): Reply {
  switch (at) {
    case 'connected':
      return outOfOrder(`Say ${hello} first`);
    case 'turned-away':
      return outOfOrder('This server takes nothing from you; only QUIT is left');
    case 'greeted':
      return outOfOrder(`${verb} comes after MAIL`);
    case 'chunks':
      return outOfOrder('The message is coming in BDAT chunks; send the next one, or RSET');
    default:
      return outOfOrder(`${verb} can not be used while a message is being prepared; finish it, or send RSET`);
  }
}

export function unknownCommand(): Reply {
  return reply(500, '5.5.2', 'This command is not known here; HELP lists those that are', { rule: 'unknown-command' });
}

export function wrongProtocol(text: string): Reply {
  return reply(500, '5.5.1', text, { rule: 'wrong-protocol' });
}

export function notOffered(text: string): Reply {
  return reply(502, '5.5.1', text, { rule: 'not-offered' });
}

/** RFC 5321 §4.5.3.1.4, §4.5.3.1.9. */
export function lineTooLong(limit: number): Reply {
  return { ...syntaxError(`A command line has at most ${limit} octets here`), rule: 'line-too-long' };
}

/** RFC 4954 §6; RFC 3207 §4 where a login in clear isn't possible. */
export function loginRequired(startTlsFirst: boolean): Reply {
  const text = startTlsFirst
    ? 'A login is needed, and TLS before it: send STARTTLS first'
    : 'Log in first: mail is taken here from known users only';
  return reply(530, '5.7.0', text, { rule: 'login-required' });
}

export function recipientTaken(): Reply {
  return reply(250, '2.1.5', 'Recipient taken');
}

/** RFC 5321 §4.5.3.1.10: not an error of the client, which sends the rest in another transaction. */
export function tooManyRecipients(limit: number): Reply {
  return reply(452, '4.5.3', `A message takes ${limit} recipients here; send it again for the others`, {
    rule: 'too-many-recipients',
  });
}

/** RFC 1870 §6. */
export function tooBig(limit: number): Reply {
  return reply(552, '5.3.4', `A message has at most ${limit} octets here`, { rule: 'too-big' });
}

/** RFC 5321 §2.3.8, §4.1.1.4: told only after the true end of the message, so nothing of it is read as a command. */
export function bareOctet(octet: 'cr' | 'lf' | 'nul'): Reply {
  const name = { cr: 'a CR without LF', lf: 'an LF without CR', nul: 'a NUL' }[octet];
  return reply(554, '5.6.0', `The message holds ${name}; lines end in CR LF only`, { rule: 'bare-octet' });
}

/** RFC 5321 §4.1.1.4: DATA when every RCPT was refused. */
export function noRecipients(): Reply {
  return reply(554, '5.5.1', 'No recipient was accepted, so there is nobody to send the message to', {
    rule: 'no-recipients',
  });
}

/** RFC 6531 §3.5: an address outside ASCII without SMTPUTF8. */
export function utf8NotAsked(): Reply {
  return reply(553, '5.6.7', 'An address with characters outside ASCII needs SMTPUTF8 at MAIL', {
    rule: 'smtputf8-needed',
  });
}

/** RFC 1047: what became of the message is not known, and we say so. */
export function acceptTimedOut(seconds: number): Reply {
  const text = `The message could not be finished within ${seconds} seconds; it may have been taken nevertheless, and then arrives twice when it is sent again`;
  return reply(451, '4.3.0', text, { rule: 'accept-timeout' });
}

// Last words: the connection is closed behind them (RFC 5321 §3.8).

export function shuttingDown(hostname: string): Reply {
  return reply(421, '4.3.2', `${hostname} is stopping; please come again in a moment`, { rule: 'shutdown' });
}

export function waitedTooLong(hostname: string): Reply {
  return reply(421, '4.4.2', `${hostname} waited too long for you and closes the connection`, { rule: 'timeout' });
}

export function sessionTooLong(hostname: string): Reply {
  return reply(421, '4.4.2', `${hostname} closes this connection: it has been open for too long`, {
    rule: 'session-timeout',
  });
}

export function tooManyErrors(hostname: string): Reply {
  return reply(421, '4.7.0', `${hostname} closes the connection after too many errors`, { rule: 'too-many-errors' });
}

export function tooManyCommands(hostname: string): Reply {
  return reply(421, '4.7.0', `${hostname} closes the connection after too many commands without a message`, {
    rule: 'too-many-commands',
  });
}

/** The client talked before the banner (RFC 5321 §3.1, §4.3.1: it must wait for it). */
export function earlyTalker(): Reply {
  return reply(554, '5.5.1', 'You spoke before the greeting; a client waits for it', { rule: 'early-talker' });
}

/** A browser or a proxy, talked into sending us commands inside a request (cross-protocol attacks). */
export function notHttp(): Reply {
  return reply(554, '5.5.1', 'This is a mail server; it does not speak HTTP', { rule: 'not-http' });
}
