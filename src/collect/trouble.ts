/**
 * Everything that can keep a visit to a provider from its work, as a state with words: what happened, why, what can be
 * done, and whether it is tried again by itself. The server's own words stand beside ours, never instead.
 */
import { describeError } from '../base/index.ts';
import type { PeerCertificate } from '../net/index.ts';
import { WireError } from '../net/index.ts';
import { Pop3Error } from '../pop3/index.ts';
import { formatServer } from './server.ts';
import type { MailServer } from './server.ts';

export type TroubleKind =
  | 'wrong-login'
  | 'in-use'
  | 'login-delay'
  | 'server-busy'
  | 'no-answer'
  | 'certificate'
  | 'certificate-changed'
  | 'no-tls'
  | 'would-be-clear'
  | 'no-login'
  | 'no-pop3'
  | 'cut'
  | 'cannot-tell-apart'
  | 'our-disk'
  | 'keyring'
  | 'refused';

export interface Trouble {
  readonly kind: TroubleKind;
  readonly what: string;
  readonly why: string;
  readonly you: string;
  /** `again`: by itself, later. `ask`: nothing happens before a person has done something. */
  readonly next: 'again' | 'ask';
  /** Not before so many seconds, where the server said so. */
  readonly waitSeconds?: number;
  /** The server's own words. */
  readonly words?: string;
  /** What a person is to compare. */
  readonly certificate?: PeerCertificate;
}

export const NO_SECRET: Trouble = {
  kind: 'wrong-login',
  what: 'The password can’t be read any more.',
  why: 'The key that it was sealed with is not the one that is here now.',
  you: 'Enter the password again.',
  next: 'ask',
};

/** Carries a trouble through code that rejects. */
export class TroubleError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, options?: ErrorOptions) {
    super(`${trouble.what} ${trouble.why}`, options);
    this.name = 'TroubleError';
    this.trouble = trouble;
  }
}

/** RFC 2449 §6.5 has no time in LOGIN-DELAY's code; servers say it in words. A minute is what most ask for. */
const LOGIN_DELAY = 60;

export function troubleOf(error: unknown, server: MailServer): Trouble {
  if (error instanceof TroubleError) return error.trouble;
  if (error instanceof Pop3Error) return ofPop3(error, server);
  if (error instanceof WireError) return ofWire(error, server);
  return {
    kind: 'our-disk',
    what: 'A message could not be put on this computer’s disk.',
    why: `${describeError(error)}.`,
    you: 'See whether the disk is full. Nothing was deleted at the provider.',
    next: 'again',
  };
}

function ofPop3(error: Pop3Error, server: MailServer): Trouble {
  const { words } = error;
  if (error.kind === 'protocol')
    return {
      kind: 'no-pop3',
      what: `${server.host} did not answer as a POP3 server does.`,
      why: `While ${error.doing}: ${error.words}.`,
      you: 'See whether the server’s name and port are right.',
      next: 'ask',
    };
  if (error.kind === 'impossible') return noLogin(server, words);
  return { ...ofRefusal(error, server), words };
}

function ofRefusal({ code = '', doing, words }: Pop3Error, { host }: MailServer): Trouble {
  switch (code.toUpperCase()) {
    case 'IN-USE':
      return {
        kind: 'in-use',
        what: `The mailbox at ${host} is being read by another program just now.`,
        why: 'A POP3 mailbox is locked for one visit at a time.',
        you: 'Nothing: it is tried again in a moment. If it lasts, close the mail program on your other devices.',
        next: 'again',
      };
    case 'LOGIN-DELAY':
      return {
        kind: 'login-delay',
        what: `${host} wants a pause between two visits.`,
        why: 'It lets nobody in again so soon.',
        you: 'Nothing: it is tried again when the pause is over. A longer interval between checks avoids it.',
        next: 'again',
        waitSeconds: secondsIn(words) ?? LOGIN_DELAY,
      };
    case 'SYS/TEMP':
      return {
        kind: 'server-busy',
        what: `${host} can’t do this just now.`,
        why: 'It says that the reason is on its side and will pass.',
        you: 'Nothing: it is tried again.',
        next: 'again',
      };
    case 'SYS/PERM':
      return {
        kind: 'refused',
        what: `${host} can’t open the mailbox.`,
        why: 'It says that the reason is on its side and will not pass by itself.',
        you: 'Write to the provider, with the words of the server.',
        next: 'ask',
      };
    default:
      return doing === 'logging in' ? wrongLogin(host) : plainRefusal(host, doing);
  }
}

function wrongLogin(host: string): Trouble {
  return {
    kind: 'wrong-login',
    what: `${host} did not accept the login.`,
    why: 'The name or the password is wrong, or the provider wants a password of its own for mail programs. Its words say which.',
    you: 'Enter the password again, or make an app password at the provider. It is not tried again before you have: many wrong tries lock an account.',
    next: 'ask',
  };
}

/** Tokens (OAuth) end by themselves, so this is nobody's mistake. */
export function tokenRefused({ host }: MailServer): Trouble {
  return {
    kind: 'wrong-login',
    what: `${host} did not accept the token.`,
    why: 'Tokens that providers give out instead of a password are valid for a time only, or were taken back. Its words may say which.',
    you: 'Have the provider give out a new token, and enter it. It is not tried again before you have.',
    next: 'ask',
  };
}

function plainRefusal(host: string, doing: string): Trouble {
  return {
    kind: 'refused',
    what: `${host} refused.`,
    why: `While ${doing}, it said no; its words are beside this.`,
    you: 'It is tried again. If it stays so, write to the provider.',
    next: 'again',
  };
}

function noLogin({ host, protection }: MailServer, words: string): Trouble {
  return {
    kind: 'no-login',
    what: `There is no way to log in at ${host}.`,
    why: `${words}.`,
    you:
      protection === 'clear'
        ? 'Use TLS for this server.'
        : 'See at the provider whether mail programs are allowed, and how they log in.',
    next: 'ask',
  };
}

function ofWire(error: WireError, server: MailServer): Trouble {
  const { host } = server;
  if (error.kind === 'closed')
    return {
      kind: 'cut',
      what: `The line to ${host} was cut.`,
      why: 'The server, or the network between, ended it before the work was done.',
      you: 'Nothing: what came is kept, and the rest comes with the next visit.',
      next: 'again',
    };
  if (error.kind === 'tls')
    return {
      kind: 'certificate',
      what: `No private line to ${host} could be made.`,
      why: error.message,
      you: 'See whether the port speaks TLS from the start, and whether another program listens in between.',
      next: 'ask',
    };
  return {
    kind: 'no-answer',
    what: `Nobody answered at ${formatServer(server)}.`,
    why: error.message,
    you: 'See whether this computer is connected, and whether name and port are right. It is tried again.',
    next: 'again',
  };
}

/** A number of seconds or minutes that a server's sentence names. */
function secondsIn(words: string): number | undefined {
  const found = /(\d{1,4})\s*(sec|min)/iu.exec(words);
  if (found === null) return undefined;
  const count = Number(found[1]);
  return Math.min(3_600, found[2]?.toLowerCase() === 'min' ? count * 60 : count);
}
