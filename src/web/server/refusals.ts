/** Every way a request can be refused before anything looks at its meaning, in words. */
import type { NotAnswered } from './caller.ts';
import type { Problem } from './problem.ts';

export const NOT_ANSWERED: Readonly<Record<NotAnswered, Problem>> = {
  'target-unreadable': {
    status: 400,
    title: 'This request asks for no path',
    why: 'Its first line names something that is not a path of this server; it is no proxy.',
    mend: 'Ask for a path that begins with "/".',
  },
  'host-unreadable': {
    status: 400,
    title: 'This request names no host',
    why: 'Its Host field is missing, doubled, or not a name with a port.',
    mend: 'Use the address that the server shows at its start, as http://127.0.0.1:2080.',
  },
  'host-unknown': {
    status: 403,
    title: 'This is not one of my names',
    why: 'The address in your browser leads here, but by a name or a port that this server does not go by. Pages of others use that trick to read what is not theirs, so nothing is answered.',
    mend: 'Use the address that the server shows at its start. Through a tunnel, use the same port on both sides. If the name is yours, its keeper adds it to names in [web] of the configuration.',
  },
  'in-clear': {
    status: 403,
    title: 'Not without encryption',
    why: 'You are not on the machine of this server, and this door speaks in clear: your password and your mail could be read on the way.',
    mend: 'Use the https address of this server. Its keeper sets listen_tls in [web], or names the proxy that speaks TLS for it in proxy.',
  },
  'proxy-in-clear': {
    status: 403,
    title: 'Not without encryption',
    why: 'The proxy in front of this server says that your browser reached it without TLS, or does not say that it was with TLS.',
    mend: 'Use the https address. The proxy must set X-Forwarded-Proto to https.',
  },
};

export const FOREIGN: Problem = {
  status: 403,
  title: 'This came from another page',
  why: 'Your browser says that a page which is not this mail program asked for this, with your login. It was not done.',
  mend: 'If you followed a link, open the mail program itself and do it there.',
};

export const NOT_FOUND: Problem = {
  status: 404,
  title: 'There is nothing here',
  why: 'This address leads to no page of the mail program.',
  mend: 'Go back, or open the mail program at its first page.',
};

export const WRONG_METHOD: Problem = {
  status: 405,
  title: 'That can not be done here',
  why: 'This address is not for that kind of request.',
  mend: 'The documentation of JMAP in docs/jmap.md lists what each address takes.',
};

export const NOT_JSON: Problem = {
  status: 415,
  title: 'Only JSON is taken here',
  why: 'The request did not say that it is application/json.',
  mend: 'Send JSON, with Content-Type: application/json.',
};

export const NO_BLOB: Problem = {
  status: 404,
  title: 'There is no such file',
  why: 'This account has no file of that id; it may have been deleted meanwhile.',
  mend: 'Look at the message again. Uploads that nothing uses go after a day.',
};

export const NO_PARTS: Problem = {
  status: 400,
  title: 'These are no parts of a message',
  why: 'What stands behind "parts" is not a list of at most 1000 numbers with commas between them.',
  mend: 'Name the parts by their partId, or leave "parts" out for all attachments.',
};

export const TOO_MUCH_FOR_ZIP: Problem = {
  status: 413,
  title: 'Too much for one file',
  why: 'Together the files are larger than a ZIP can be (4 GB).',
  mend: 'Save them one by one.',
};

export const NOT_AS_THAT: Problem = {
  status: 403,
  title: 'Not as a part of a page',
  why: 'What was sent to you is never run as a script, a style or a page of the mail program.',
  mend: 'Download it.',
};

export const TOO_SLOW: Problem = {
  status: 408,
  title: 'This took too long',
  why: 'The request did not come to its end in time.',
  mend: 'Look at your connection and try again.',
  headers: { Connection: 'close' },
};

export const BROKEN: Problem = {
  status: 500,
  title: 'Something went wrong here',
  why: 'The server could not do this because of a fault of its own; it is written in its log.',
  mend: 'Try again in a moment. Nothing that was saved before is lost.',
};
