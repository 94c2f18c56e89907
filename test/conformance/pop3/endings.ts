/** How connections end, how octets fall into packets, and arguments on the edge of their grammar (RFC 1939 §3 to §7). */
import { checkThat } from '../case.ts';
import type { Case } from '../case.ts';
import type { Connection } from '../connection.ts';
import { pause } from '../../program.ts';
import { before, closed, group, inside, list, listing, say, sessions } from './dialogue.ts';
import type { Pop3Server, Step } from './dialogue.ts';
import { MESSAGES } from './messages.ts';

const OK = /^\+OK/;
const ERR = /^-ERR/;
const COUNT = MESSAGES.length;
const all = new RegExp(`^\\+OK ${COUNT} `);
const oneLess = new RegExp(`^\\+OK ${COUNT - 1} `);

const BETWEEN_PACKETS = 60;

/** Sends octets, ends our side, and wants exactly these lines before the server ends its own. */
function sayAndEnd(octets: string, ...wanted: readonly RegExp[]): Step {
  return async (pop) => {
    pop.send(octets);
    pop.endWriting();
    const lines = await rest(pop);
    const well = lines.length === wanted.length && wanted.every((one, at) => one.test(lines[at] ?? ''));
    checkThat(well, wanted.map(String).join(', then ') || 'nothing', lines.join(' | '));
  };
}

/** Sends octets, ends our side, and hears whatever comes. */
function leaveWith(octets: string): Step {
  return async (pop) => {
    pop.send(octets);
    pop.endWriting();
    await rest(pop);
  };
}

async function rest(pop: Connection): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let line = await pop.line(); line !== undefined; line = await pop.line()) lines.push(line);
  return lines;
}

function sayInPackets(pieces: readonly string[], ...replies: readonly RegExp[]): Step {
  return async (pop) => {
    for (const piece of pieces.slice(0, -1)) {
      pop.send(piece);
      await pause(BETWEEN_PACKETS);
    }
    await say(pieces.at(-1) ?? '', ...replies)(pop);
  };
}

/** A session that is logged in and ends as the last step ends it. */
function once(...steps: readonly Step[]): Case<Pop3Server>['play'] {
  return (server) =>
    before(say(`USER ${server.shared.user}`, OK), say(`PASS ${server.shared.password}`, OK), ...steps)(server);
}

const stat: readonly Step[] = [say('STAT', all), say('QUIT', OK)];

export const ENDS = group('Ends and packets', [
  [
    '1939-6-half-closed-quit',
    'must',
    'A client that ends its side behind QUIT gets its +OK, and what it deleted is gone',
    sessions([say('DELE 2', OK), sayAndEnd('QUIT\r\n', OK)], [say('STAT', oneLess), say('QUIT', OK)]),
  ],
  [
    '1939-6-half-closed-without-quit',
    'must',
    'A client that ends its side without QUIT removes nothing',
    sessions([say('DELE 2', OK), leaveWith('')], stat),
  ],
  [
    '1939-3-partial-quit',
    'must',
    'A QUIT without its CRLF at the end of the connection is none: nothing is removed',
    sessions([say('DELE 2', OK), leaveWith('QUIT')], stat),
  ],
  [
    '1939-3-partial-quit-cr',
    'must',
    'Nor is one with a CR alone',
    sessions([say('DELE 2', OK), leaveWith('QUIT\r')], stat),
  ],
  [
    '1939-6-half-closed-group',
    'must',
    'A client that ends its side behind a group gets all the answers',
    once(sayAndEnd('NOOP\r\nLIST 1\r\nRETR 99\r\nQUIT\r\n', OK, OK, ERR, OK)),
  ],
  [
    '1939-5-half-closed-retr',
    'must',
    'A client that ends its side behind a RETR of a large message gets all of it',
    once(async (pop) => {
      pop.send(`RETR ${COUNT}\r\nQUIT\r\n`);
      pop.endWriting();
      const lines = await rest(pop);
      checkThat(
        lines.length > 2000 && OK.test(lines.at(-1) ?? ''),
        'the whole message and +OK',
        lines.slice(-2).join(),
      );
    }),
  ],
  [
    '1939-3-two-packets',
    'must',
    'A command may come in pieces, its CR and LF among them',
    inside(sayInPackets(['ST', 'AT\r', '\n'], all), say('NOOP', OK)),
  ],
  [
    '1939-3-octet-by-octet',
    'must',
    'A command may come octet by octet',
    inside(async (pop) => {
      for (const octet of 'STAT\r\nNOOP\r\n') pop.send(octet);
      await say('STAT', all, OK, all)(pop);
    }),
  ],
  [
    '1939-3-bare-lf',
    'house',
    'A line that ends in a bare LF is no command',
    inside(say('STAT\nNOOP\r\n', ERR), say('NOOP', OK)),
  ],
  ['1939-3-bare-cr', 'must', 'A bare CR ends no command', inside(say('STAT\rNOOP\r\n', ERR), say('NOOP', OK))],
  [
    '1939-3-nul-inside',
    'must',
    'A NUL in a keyword makes it another word',
    inside(say('STAT\0', ERR), say('NOOP', OK)),
  ],
  [
    '1939-3-nul-in-number',
    'must',
    'A NUL in a number does not cut it short',
    inside(say('LIST 1\x002', ERR), say('NOOP', OK)),
  ],
]);

export const EDGES = group('Arguments on the edge', [
  ...(['9999999999', '99999999999999999999'] as const).map(
    (lines) =>
      [
        `1939-7-top-${lines.length}-digits`,
        'must',
        `TOP 1 ${lines} gives the whole message`,
        inside(async (pop) => {
          const whole = await list(pop, 'RETR 1');
          await listing(`TOP 1 ${lines}`, 'all of RETR', (given) => given.join('\n') === whole.join('\n'))(pop);
        }),
      ] as const,
  ),
  ...(['LIST', 'UIDL'] as const).flatMap(
    (verb) =>
      [
        [
          `1939-5-${verb.toLowerCase()}-leading-zeros`,
          'house',
          `${verb} 002 is ${verb} 2`,
          inside(say(`${verb} 002`, /^\+OK 2 /)),
        ],
        [
          `1939-5-${verb.toLowerCase()}-plus`,
          'must',
          `${verb} +2 gets -ERR: a number is digits`,
          inside(say(`${verb} +2`, ERR), say('NOOP', OK)),
        ],
        [
          `1939-5-${verb.toLowerCase()}-trailing-junk`,
          'must',
          `${verb} 2x gets -ERR`,
          inside(say(`${verb} 2x`, ERR), say('NOOP', OK)),
        ],
      ] as const,
  ),
  ['1939-3-space-behind', 'house', 'A space behind a command is passed over', inside(say('STAT ', all))],
  ['1939-3-space-in-front', 'must', 'A space in front of a keyword is no keyword', inside(say(' STAT', ERR))],
  [
    '1939-7-pass-trailing-space',
    'house',
    'A space behind the password is part of it',
    (server) => before(say(`USER ${server.shared.user}`, OK), say(`PASS ${server.shared.password} `, ERR))(server),
  ],
  [
    '1939-7-pass-empty',
    'must',
    'An empty password opens nothing',
    (server) => before(say(`USER ${server.shared.user}`, OK), say('PASS ', ERR))(server),
  ],
  [
    '1939-7-pass-after-other',
    'house',
    'PASS counts right after USER only',
    (server) =>
      before(
        say(`USER ${server.shared.user}`, OK),
        say('NOOP', ERR),
        say(`PASS ${server.shared.password}`, ERR),
      )(server),
  ],
  [
    '2449-6.6-login-pipelined',
    'must',
    'A whole session may come in one packet',
    (server) =>
      before(
        say(`USER ${server.shared.user}\r\nPASS ${server.shared.password}\r\nSTAT\r\nQUIT`, OK, OK, all, OK),
        closed,
      )(server),
  ],
]);

/** Nothing is said, and nothing removed. */
export const POP3_TIMEOUTS = group('Silence', [
  [
    '1939-3-silent-removes-nothing',
    'must',
    'A silent session ends, and removes nothing',
    sessions([say('DELE 2', OK), async (pop) => void (await rest(pop))], stat),
  ],
  [
    '1939-3-silent-without-a-word',
    'should',
    'It ends without a word',
    (server) =>
      sessions([
        async (pop) => {
          const lines = await rest(pop);
          checkThat(lines.length === 0, 'the end of the connection', lines.join(' | '));
        },
      ])(server),
  ],
  [
    '1939-3-silent-frees-the-lock',
    'must',
    'The maildrop of a session that ended so is free',
    sessions([async (pop) => void (await rest(pop))], stat),
  ],
  [
    '1939-3-silent-early',
    'must',
    'A client that never logs in is not kept',
    before(async (pop) => void (await rest(pop))),
  ],
  [
    '1939-3-any-command-counts',
    'must',
    'Any command begins the time anew',
    (server) =>
      sessions([
        async (pop) => {
          for (let n = 0; n < 6; n++) {
            await pause(2_500);
            await say('NOOP', OK)(pop);
          }
        },
        say('QUIT', OK),
      ])(server),
  ],
]);
