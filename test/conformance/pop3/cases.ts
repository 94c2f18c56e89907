/** All cases for a POP3 server; here those behind the login (RFC 1939 §5 to §7). */
import { checkThat, withConnections } from '../case.ts';
import type { Case } from '../case.ts';
import type { Connection } from '../connection.ts';
import { AUTHORIZATION, CAPA } from './authorization.ts';
import { ask, closed, greet, group, inside, list, listing, logIn, say, sessions } from './dialogue.ts';
import type { Pop3Server } from './dialogue.ts';
import { EDGES, ENDS } from './endings.ts';
import { MESSAGES } from './messages.ts';

const COUNT = MESSAGES.length;
const OK = /^\+OK/;
const ERR = /^-ERR/;

/** RETR n without its status line, with a CRLF behind each line. */
async function retrieve(pop: Connection, n: number): Promise<string> {
  return (await list(pop, `RETR ${n}`)).map((line) => `${line}\r\n`).join('');
}

async function listed(pop: Connection): Promise<readonly number[]> {
  return (await list(pop, 'LIST')).map((line) => Number(line.split(' ')[1]));
}

const TRANSACTION = group('Reading the maildrop', [
  ['1939-5-stat', 'must', 'STAT is "+OK count octets"', inside(say('STAT', new RegExp(`^\\+OK ${COUNT} \\d+$`)))],
  [
    '1939-5-stat-sum',
    'must',
    'The octets of STAT are the sum of LIST',
    inside(async (pop) => {
      const sum = (await listed(pop)).reduce((total, size) => total + size, 0);
      await say('STAT', new RegExp(`^\\+OK ${COUNT} ${sum}\\b`))(pop);
    }),
  ],
  [
    '1939-5-list',
    'must',
    'LIST gives each message on a line, from 1 on',
    inside(
      listing(
        'LIST',
        'numbers from 1',
        (lines) => lines.length === COUNT && lines.every((line, at) => new RegExp(`^${at + 1} \\d+$`).test(line)),
      ),
    ),
  ],
  ['1939-5-list-one', 'must', 'LIST n gives one line', inside(say('LIST 2', /^\+OK 2 \d+\b/), say('NOOP', OK))],
  [
    '1939-5-retr',
    'must',
    'RETR gives each message as it was put there',
    inside(async (pop) => {
      for (const [at, message] of MESSAGES.entries()) {
        const octets = await retrieve(pop, at + 1);
        checkThat(octets.endsWith(message), `message ${at + 1} octet for octet at the end of RETR`, octets.slice(-80));
      }
    }),
  ],
  [
    '1939-11-sizes',
    'must',
    'LIST says the octets that RETR sends, without stuffing',
    inside(async (pop) => {
      for (const [at, size] of (await listed(pop)).entries()) {
        const octets = await retrieve(pop, at + 1);
        checkThat(octets.length === size, `${size} octets for message ${at + 1}`, `${octets.length} octets`);
      }
    }),
  ],
  [
    '1939-7-top-0',
    'must',
    'TOP n 0 gives the header and the blank line',
    inside(async (pop) => {
      const whole = (await list(pop, 'RETR 1')).join('\n');
      const top = (await list(pop, 'TOP 1 0')).join('\n');
      checkThat(top === whole.slice(0, whole.indexOf('\n\n') + 1), 'the header and the blank line', top.slice(-60));
    }),
  ],
  [
    '1939-7-top-2',
    'must',
    'TOP n 2 gives two lines of the body',
    inside(
      listing(
        'TOP 1 2',
        'two lines behind the blank line',
        (lines) => lines.slice(lines.indexOf('')).join('|') === '|one|two',
      ),
    ),
  ],
  [
    '1939-7-top-more',
    'must',
    'TOP with more lines than there are gives the whole message',
    inside(async (pop) => {
      const whole = await list(pop, 'RETR 1');
      await listing('TOP 1 9999', 'all of RETR', (lines) => lines.join('\n') === whole.join('\n'))(pop);
    }),
  ],
  [
    '1939-7-top-dots',
    'must',
    'TOP stuffs dots',
    inside(
      listing(
        'TOP 2 4',
        'the lines . .. .x ...',
        (lines) => lines.slice(lines.indexOf('')).join('|') === '|.|..|.x|...',
      ),
    ),
  ],
  ['1939-7-top-one-argument', 'must', 'TOP without the number of lines gets -ERR', inside(say('TOP 1', ERR))],
  ['1939-7-top-negative', 'must', 'TOP with a negative number of lines gets -ERR', inside(say('TOP 1 -1', ERR))],
  [
    '1939-7-uidl',
    'must',
    'UIDL gives each message a different id of 1 to 70 visible characters',
    inside(
      listing(
        'UIDL',
        'ids',
        (lines) =>
          lines.length === COUNT &&
          new Set(lines.map((line) => line.split(' ')[1])).size === COUNT &&
          lines.every((line, at) => new RegExp(`^${at + 1} [!-~]{1,70}$`).test(line)),
      ),
    ),
  ],
  ['1939-7-uidl-one', 'must', 'UIDL n gives one line', inside(say('UIDL 2', /^\+OK 2 [!-~]{1,70}$/), say('NOOP', OK))],
  ['1939-5-noop', 'must', 'NOOP gets +OK', inside(say('NOOP', OK))],
  [
    '2449-6.6-pipelined',
    'must',
    'Commands in one packet are answered in order',
    inside(say('NOOP\r\nLIST 1\r\nUIDL 2\r\nFROB\r\nNOOP', OK, /^\+OK 1 /, /^\+OK 2 /, ERR, OK)),
  ],
  [
    '1939-5-unknown-inside',
    'must',
    'An unknown command gets -ERR, and the session goes on',
    inside(say('FROBNICATE 1', ERR), say('STAT', OK)),
  ],
  [
    '1939-4-user-inside',
    'must',
    'USER and PASS after the login get -ERR',
    inside(say('USER bob@a.test', ERR), say('PASS x', ERR)),
  ],
  ['1939-5-stat-argument', 'house', 'STAT with an argument gets -ERR', inside(say('STAT 1', ERR))],
]);

const NUMBERS = group('Message numbers', [
  ...(['RETR', 'DELE', 'LIST', 'UIDL'] as const).flatMap((verb) =>
    (
      [
        ['0', 'zero'],
        [String(COUNT + 1), 'too-large'],
        ['-1', 'negative'],
        ['x', 'no-number'],
        ['99999999999999999999999999', 'huge'],
      ] as const
    ).map(
      ([number, word]) =>
        [
          `1939-5-${verb.toLowerCase()}-${word}`,
          'must',
          `${verb} ${number} gets -ERR`,
          inside(say(`${verb} ${number}`, ERR), say('STAT', OK)),
        ] as const,
    ),
  ),
  ['1939-5-retr-argument', 'must', 'RETR without a number gets -ERR', inside(say('RETR', ERR))],
  ['1939-5-dele-argument', 'must', 'DELE without a number gets -ERR', inside(say('DELE', ERR))],
  ['1939-7-top-zero', 'must', 'TOP 0 0 gets -ERR', inside(say('TOP 0 0', ERR))],
  ['1939-5-retr-two', 'house', 'RETR with two numbers gets -ERR', inside(say('RETR 1 2', ERR))],
]);

const all = new RegExp(`^\\+OK ${COUNT} `);
const oneLess = new RegExp(`^\\+OK ${COUNT - 1} `);

const UPDATE = group('Deleting, the lock and the end', [
  ['1939-5-dele', 'must', 'A deleted message is gone from STAT', inside(say('DELE 2', OK), say('STAT', oneLess))],
  [
    '1939-5-dele-lists',
    'must',
    'A deleted message is gone from LIST and UIDL, and the others keep their numbers',
    inside(
      say('DELE 2', OK),
      ...['LIST', 'UIDL'].map((verb) =>
        listing(verb, 'numbers without 2', (lines) => lines.map((line) => line.split(' ')[0]).join() === '1,3,4,5'),
      ),
    ),
  ],
  [
    '1939-5-dele-refused',
    'must',
    'RETR, TOP, LIST, UIDL and DELE of a deleted message get -ERR',
    inside(say('DELE 2', OK), ...['RETR 2', 'TOP 2 0', 'LIST 2', 'UIDL 2', 'DELE 2'].map((line) => say(line, ERR))),
  ],
  [
    '1939-5-rset',
    'must',
    'RSET brings deleted messages back',
    inside(say('DELE 1\r\nDELE 2', OK, OK), say('RSET', OK), say('STAT', all), say('LIST 2', OK)),
  ],
  [
    '1939-6-quit-removes',
    'must',
    'QUIT removes what was deleted',
    sessions([say('DELE 2', OK), say('QUIT', OK), closed], [say('STAT', oneLess), say('QUIT', OK)]),
  ],
  [
    '1939-6-without-quit',
    'must',
    'Without QUIT nothing is removed',
    sessions([say('DELE 2', OK), say('STAT', oneLess)], [say('STAT', all), say('QUIT', OK)]),
  ],
  [
    '1939-6-rset-quit',
    'must',
    'What RSET brought back outlives QUIT',
    sessions([say('DELE 2', OK), say('RSET', OK), say('QUIT', OK), closed], [say('STAT', all), say('QUIT', OK)]),
  ],
  [
    '1939-6-quit-all',
    'must',
    'All can be removed, and an empty maildrop is "+OK 0 0"',
    sessions(
      [say(MESSAGES.map((_, at) => `DELE ${at + 1}\r\n`).join(''), ...MESSAGES.map(() => OK)), say('QUIT', OK), closed],
      [say('STAT', /^\+OK 0 0\b/), listing('LIST', 'nothing', (lines) => lines.length === 0), say('QUIT', OK)],
    ),
  ],
  [
    '1939-7-uidl-stable',
    'must',
    'Ids are the same in the next session, whatever was removed',
    (server) =>
      withConnections(async (open) => {
        const mailbox = server.fresh();
        const seen: string[][] = [];
        for (const line of ['DELE 1', 'NOOP']) {
          const pop = await open(server.port);
          await logIn(pop, mailbox);
          seen.push((await list(pop, 'UIDL')).map((one) => one.split(' ')[1] ?? ''));
          await ask(pop, line);
          await ask(pop, 'QUIT');
          await closed(pop);
        }
        checkThat(
          seen[0]?.slice(1).join() === seen[1]?.join(),
          String(seen[0]?.slice(1).join()),
          String(seen[1]?.join()),
        );
      }),
  ],
  [
    '1939-4-lock',
    'must',
    'A second login to an open maildrop gets -ERR, and the first goes on',
    (server) =>
      withConnections(async (open) => {
        const mailbox = server.fresh();
        const [first, second] = [await open(server.port), await open(server.port)];
        await logIn(first, mailbox);
        await greet(second);
        await ask(second, `USER ${mailbox.user}`);
        await ask(second, `PASS ${mailbox.password}`, ERR);
        await ask(first, 'STAT', all);
        await ask(first, 'QUIT');
        await closed(first);
        const third = await open(server.port);
        await logIn(third, mailbox);
        await ask(third, 'QUIT');
      }),
  ],
  [
    '2449-8.1.1-in-use',
    'should',
    'It is said why: [IN-USE]',
    (server) =>
      withConnections(async (open) => {
        const [first, second] = [await open(server.port), await open(server.port)];
        await logIn(first, server.shared);
        await greet(second);
        await ask(second, `USER ${server.shared.user}`);
        try {
          await ask(second, `PASS ${server.shared.password}`, /^-ERR \[IN-USE\]/);
        } finally {
          await ask(first, 'QUIT');
          await closed(first);
        }
      }),
  ],
  ['1939-6-quit-closes', 'must', 'QUIT gets +OK, and then the connection is closed', inside(say('QUIT', OK), closed)],
  [
    '1939-6-quit-pipelined',
    'must',
    'What stands behind QUIT is not answered',
    inside(say('NOOP\r\nQUIT\r\nNOOP', OK, OK), closed),
  ],
]);

export const POP3_CASES: readonly Case<Pop3Server>[] = [
  ...AUTHORIZATION,
  ...CAPA,
  ...TRANSACTION,
  ...NUMBERS,
  ...UPDATE,
  ...ENDS,
  ...EDGES,
];
