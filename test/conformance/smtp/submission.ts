/** Logging in to hand in one's mail (RFC 4954, RFC 6409), at servers where a login comes after TLS only. */
import { check, checkThat } from '../case.ts';
import type { Case, Level } from '../case.ts';
import type { Connection } from '../connection.ts';
import { from, HELLO, inStep, say, startTls } from './dialogue.ts';
import type { SmtpServer, Step } from './dialogue.ts';

/** It takes mail from `user` only, as `user` only, and carries it anywhere; it has the mailbox bob@a.test. */
export interface SubmissionServer extends SmtpServer {
  readonly user: string;
  readonly password: string;
}

type Play = Case<SubmissionServer>['play'];
type Steps = (server: SubmissionServer) => readonly Step[];

const BOB = 'RCPT TO:<bob@a.test>';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function plain(user: string, password: string, actAs = ''): string {
  return base64(`${actAs}\0${user}\0${password}`);
}

const right = ({ user, password }: SubmissionServer): string => plain(user, password);

/** Inside TLS, greeted again. */
function secure(steps: Steps): Play {
  return (server) => from('greeted', say('STARTTLS', /^220/), startTls, say(HELLO, /^250/), ...steps(server))(server);
}

function loggedIn(steps: Steps): Play {
  return secure((server) => [say(`AUTH PLAIN ${right(server)}`, /^235/), ...steps(server)]);
}

const mail = ({ user }: SubmissionServer): Step => say(`MAIL FROM:<${user}>`, /^250/);

const stillWorks: Step = say('NOOP', /^250/);

async function answer(smtp: Connection, line: string): Promise<string> {
  smtp.send(`${line}\r\n`);
  return (await smtp.reply()) ?? '';
}

type Row = readonly [id: string, level: Level, what: string, play: Play];

function group(name: string, rows: readonly Row[]): readonly Case<SubmissionServer>[] {
  return rows.map(([id, level, what, play]) => ({ id, group: name, level, what, play }));
}

const OFFER = group('What is offered, and when', [
  [
    '8314-4.1-not-in-clear',
    'must',
    'AUTH is not offered before TLS where it is not taken there',
    from('connected', say(HELLO, /^(?![^]*\n250[- ]AUTH)250/)),
  ],
  [
    '4954-4-refused-in-clear',
    'must',
    'AUTH before TLS is refused',
    (server) => from('greeted', say(`AUTH PLAIN ${right(server)}`, /^5(0[0234]|30|38)/), stillWorks)(server),
  ],
  [
    '4954-3-offered',
    'must',
    'AUTH is offered inside TLS, with its mechanisms',
    secure(() => [say(HELLO, /\n250[- ]AUTH( [A-Z0-9_-]+)+(\n|$)/)]),
  ],
  [
    '4954-4-plain-offered',
    'must',
    'PLAIN is among them',
    secure(() => [say(HELLO, /\n250[- ]AUTH( [A-Z0-9_-]+)* PLAIN( |\n|$)/)]),
  ],
  [
    '4954-4-before-ehlo',
    'must',
    'AUTH before EHLO is refused',
    (server) =>
      from('greeted', say('STARTTLS', /^220/), startTls, say(`AUTH PLAIN ${right(server)}`, /^5(0[0234]|30)/))(server),
  ],
]);

const LOGINS = group('Logging in', [
  ['4954-4-initial', 'must', 'AUTH PLAIN with an initial response gets 235', loggedIn(() => [stillWorks])],
  [
    '4954-4-two-steps',
    'must',
    'Without one the challenge is "334 " and nothing else',
    secure((server) => [say('AUTH PLAIN', /^334 $/), say(right(server), /^235/)]),
  ],
  [
    '4422-3.1-case',
    'must',
    'Names of mechanisms have no case',
    secure((server) => [say(`auth plain ${right(server)}`, /^235/)]),
  ],
  [
    '4954-4-login-mechanism',
    'house',
    'LOGIN works, for clients that know nothing else',
    secure(({ user, password }) => [
      say('AUTH LOGIN', /^334 /),
      say(base64(user), /^334 /),
      say(base64(password), /^235/),
    ]),
  ],
  [
    '4954-4-cancel',
    'must',
    '"*" cancels the exchange with 501, and another may follow',
    secure((server) => [say('AUTH PLAIN', /^334/), say('*', /^501/), say(`AUTH PLAIN ${right(server)}`, /^235/)]),
  ],
  [
    '4954-4-base64',
    'must',
    "A response that isn't base 64 gets 501",
    secure(() => [say('AUTH PLAIN', /^334/), say('!!not base 64!!', /^501/), stillWorks]),
  ],
  [
    '4954-4-base64-initial',
    'must',
    "An initial response that isn't base 64 gets 501",
    secure(() => [say('AUTH PLAIN !!!', /^501/), stillWorks]),
  ],
  [
    '4954-4-empty',
    'must',
    'An empty response ("=") is no PLAIN message',
    secure(() => [say('AUTH PLAIN =', /^5(01|35)/), stillWorks]),
  ],
  [
    '4954-4-unknown',
    'must',
    'An unknown mechanism gets 504',
    secure(() => [say('AUTH FROBNICATE', /^504/), stillWorks]),
  ],
  ['4954-4-argument', 'must', 'AUTH without a mechanism gets 501', secure(() => [say('AUTH', /^501/), stillWorks])],
  [
    '4954-4-long',
    'must',
    'A response of 13,000 octets is refused once, and no piece of it is a command',
    secure(() => [say('AUTH PLAIN', /^334/), say('A'.repeat(13_000), /^5(00|01|35)/), inStep]),
  ],
  [
    '4954-4-twice',
    'must',
    'A second AUTH gets 503',
    loggedIn((server) => [say(`AUTH PLAIN ${right(server)}`, /^503/)]),
  ],
  [
    '4954-4-in-transaction',
    'must',
    'AUTH in a transaction gets 503, and the transaction stands',
    loggedIn((server) => [mail(server), say(`AUTH PLAIN ${right(server)}`, /^503/), say(BOB, /^250/)]),
  ],
  [
    '4954-4-rset',
    'must',
    'RSET does not log out',
    loggedIn((server) => [say('RSET', /^250/), mail(server), say(BOB, /^250/)]),
  ],
  [
    '4954-4-not-offered-again',
    'house',
    'Who is logged in is offered no AUTH',
    loggedIn(() => [say(HELLO, /^(?![^]*\n250[- ]AUTH)250/)]),
  ],
]);

const REFUSALS = group('Who is not let in', [
  [
    '4954-6-wrong',
    'must',
    'A wrong password gets 535, and another try may follow',
    secure((server) => [
      say(`AUTH PLAIN ${plain(server.user, 'wrong')}`, /^535/),
      say(`AUTH PLAIN ${right(server)}`, /^235/),
    ]),
  ],
  [
    '4954-6-wrong-enhanced',
    'should',
    'It is 5.7.8',
    secure(({ user }) => [say(`AUTH PLAIN ${plain(user, 'wrong')}`, /^535 5\.7\.8 /)]),
  ],
  [
    '4954-6-unknown-alike',
    'should',
    'An unknown user gets the same words as a wrong password',
    secure(({ user }) => [
      async (smtp) => {
        const known = await answer(smtp, `AUTH PLAIN ${plain(user, 'wrong')}`);
        const unknown = await answer(smtp, `AUTH PLAIN ${plain('nobody-at-all@a.test', 'wrong')}`);
        check(/^535/, unknown, 'an unknown user');
        checkThat(known === unknown, known, unknown);
      },
    ]),
  ],
  [
    '4954-6-unknown-alike-in-steps',
    'house',
    'LOGIN asks an unknown user for a password as well, and ends in the same words',
    secure(({ user }) => [
      async (smtp) => {
        const said: string[] = [];
        for (const name of [user, 'nobody-at-all@a.test'])
          for (const line of ['AUTH LOGIN', base64(name), base64('wrong')]) said.push(await answer(smtp, line));
        checkThat(said.slice(0, 3).join() === said.slice(3).join(), said.slice(0, 3).join(' | '), said.slice(3).join());
      },
    ]),
  ],
  [
    '4616-2-act-as',
    'house',
    'Nobody acts as somebody else',
    secure(({ user, password }) => [say(`AUTH PLAIN ${plain(user, password, 'bob@a.test')}`, /^535/)]),
  ],
  [
    '6409-4.3-login-first',
    'must',
    'Without a login no mail is taken',
    secure((server) => [
      async (smtp) => {
        const sender = await answer(smtp, `MAIL FROM:<${server.user}>`);
        if (sender.startsWith('5')) return;
        check(/^5/, await answer(smtp, BOB), 'reply to RCPT without a login');
      },
    ]),
  ],
  ['4954-6-530', 'should', 'It is MAIL that says so: 530', secure(({ user }) => [say(`MAIL FROM:<${user}>`, /^530/)])],
  [
    '3207-4-530-before-tls',
    'should',
    'Before TLS it is 530 as well',
    ({ user, ...server }) => from('greeted', say(`MAIL FROM:<${user}>`, /^530/))(server),
  ],
]);

const SENDING = group('Handing in', [
  [
    '6409-4.1-message',
    'must',
    'A message is taken',
    loggedIn((server) => [
      mail(server),
      say(BOB, /^250/),
      say('DATA', /^354/),
      say(`From: <${server.user}>\r\nSubject: x\r\n\r\nx\r\n.`, /^250/),
      inStep,
    ]),
  ],
  [
    '6409-4.3-relay',
    'must',
    'Who is logged in may write to other domains',
    loggedIn((server) => [mail(server), say('RCPT TO:<eve@elsewhere.test>', /^25[01]/)]),
  ],
  [
    '6409-6.1-own-sender',
    'house',
    "Another's address as the sender is refused",
    loggedIn(() => [
      async (smtp) => {
        const sender = await answer(smtp, 'MAIL FROM:<bob@a.test>');
        if (sender.startsWith('5')) return;
        check(/^5/, await answer(smtp, 'RCPT TO:<bob@a.test>'), "reply to RCPT with another's address as the sender");
      },
    ]),
  ],
  [
    '6409-6.1-own-author',
    'house',
    "Another's address in From is refused",
    loggedIn((server) => [
      mail(server),
      say(BOB, /^250/),
      say('DATA', /^354/),
      say('From: <bob@a.test>\r\nSubject: x\r\n\r\nx\r\n.', /^5/),
      inStep,
    ]),
  ],
  [
    '5321-4.5.5-null-sender',
    'must',
    'The null sender is taken: receipts need it',
    loggedIn(() => [say('MAIL FROM:<>', /^250/), say(BOB, /^250/)]),
  ],
  [
    '4954-5-auth-parameter',
    'must',
    'AUTH= is a parameter of MAIL where AUTH is offered',
    loggedIn(({ user }) => [say(`MAIL FROM:<${user}> AUTH=<>`, /^250/)]),
  ],
  [
    '4954-5-auth-parameter-xtext',
    'must',
    'AUTH= takes an address in xtext',
    loggedIn(({ user }) => [say(`MAIL FROM:<${user}> AUTH=e+3Dmc2@example.com`, /^250/)]),
  ],
]);

export const SUBMISSION_CASES: readonly Case<SubmissionServer>[] = [...OFFER, ...LOGINS, ...REFUSALS, ...SENDING];
