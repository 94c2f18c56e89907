/**
 * Everything a session itself says no to: the sentence for the person, the response code where a standard has one
 * (RFC 2449 §8, RFC 3206), and the rule id for the log. What the policy refuses comes with its own words.
 */
import type { Pop3Refusal } from './policy.ts';

export const UNKNOWN_COMMAND: Pop3Refusal = {
  text: 'Unknown command; CAPA lists what this server can do',
  rule: 'unknown-command',
};

export const LINE_TOO_LONG: Pop3Refusal = { text: 'The line is too long and was thrown away', rule: 'line-too-long' };

export const NO_ARGUMENTS_WANTED: Pop3Refusal = { text: 'This command takes no argument', rule: 'argument-count' };

export const ONE_NUMBER_WANTED: Pop3Refusal = {
  text: 'This command takes one message number',
  rule: 'argument-count',
};

export const AT_MOST_ONE_NUMBER: Pop3Refusal = {
  text: 'This command takes one message number, or none',
  rule: 'argument-count',
};

export const NUMBER_AND_LINES_WANTED: Pop3Refusal = {
  text: 'TOP takes a message number and a number of body lines',
  rule: 'argument-count',
};

export const NAME_WANTED: Pop3Refusal = { text: 'USER takes the name of a mailbox', rule: 'argument-count' };

export const PASSWORD_WANTED: Pop3Refusal = { text: 'PASS takes a password', rule: 'argument-count' };

export const LOG_IN_FIRST: Pop3Refusal = { text: 'This command comes after the login', rule: 'wrong-state' };

export const LOGGED_IN_ALREADY: Pop3Refusal = {
  text: 'You are logged in already; this command comes before the login',
  rule: 'wrong-state',
};

export const USER_FIRST: Pop3Refusal = { text: 'PASS comes right after a USER', rule: 'pass-without-user' };

export const NEEDS_TLS: Pop3Refusal = {
  text: 'Passwords are taken over an encrypted connection only: use STLS, or the port for TLS',
  rule: 'login-in-clear',
};

export const NO_TLS_HERE: Pop3Refusal = { text: 'This server has no TLS', rule: 'no-tls' };

export const TLS_ALREADY: Pop3Refusal = { text: 'The connection is encrypted already', rule: 'tls-already' };

export const APOP_NOT_HERE: Pop3Refusal = {
  text: 'APOP would need every password kept in readable form; log in with USER and PASS, or AUTH, over TLS',
  rule: 'apop-not-offered',
};

export const UNKNOWN_MECHANISM: Pop3Refusal = {
  text: 'This server does not know that mechanism; AUTH alone lists those it knows',
  rule: 'unknown-mechanism',
};

export const MECHANISM_WANTED: Pop3Refusal = {
  text: 'AUTH takes the name of a mechanism and at most one initial response',
  rule: 'argument-count',
};

export const ONE_LANGUAGE_WANTED: Pop3Refusal = { text: 'LANG takes one language, or none', rule: 'argument-count' };

export const UNKNOWN_LANGUAGE: Pop3Refusal = {
  text: 'This server does not speak that language; LANG alone lists those it does',
  rule: 'unknown-language',
};

export const NOT_BASE64: Pop3Refusal = { text: 'The response is not valid base 64', rule: 'auth-base64' };

export const AUTH_CANCELLED: Pop3Refusal = { text: 'The login was cancelled, as you asked', rule: 'auth-cancelled' };

export const UPDATE_FAILED: Pop3Refusal = {
  code: 'SYS/TEMP',
  text: 'Nothing was removed: the change could not be written; please try again later',
  rule: 'internal-error',
};

/** What every unforeseen error becomes, in one place (HOUSE P4). */
export const TEMPORARY_FAILURE: Pop3Refusal = {
  code: 'SYS/TEMP',
  text: 'Something went wrong here; nothing was lost, please try again later',
  rule: 'internal-error',
};

export const SHUTTING_DOWN: Pop3Refusal = {
  code: 'SYS/TEMP',
  text: 'The server is stopping; nothing was removed in this session, please log in again later',
  rule: 'shutdown',
};

export const TOO_MANY_ERRORS: Pop3Refusal = {
  text: 'Too many commands that make no sense here; the connection closes, and nothing was removed',
  rule: 'too-many-errors',
};

export function noSuchMessage(count: number): Pop3Refusal {
  const text =
    count === 0 ? 'No such message; the maildrop is empty' : `No such message; this maildrop has numbers 1 to ${count}`;
  return { text, rule: 'no-such-message' };
}

export function deletedMessage(number: number): Pop3Refusal {
  return { text: `Message ${number} is marked as deleted; RSET brings it back`, rule: 'message-deleted' };
}

/** A parser's or a mechanism's sentence as an answer. */
export function misunderstood(problem: { readonly text: string; readonly rule: string }): Pop3Refusal {
  return { text: problem.text, rule: problem.rule };
}
