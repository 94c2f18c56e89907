/** Cases for what comes before the login, and for CAPA, AUTH and STLS (RFC 1939 §4, §7; RFC 2449, 2595, 3206, 5034). */
import { check, checkThat } from '../case.ts';
import type { Case } from '../case.ts';
import type { Connection } from '../connection.ts';
import { before, closed, group, inside, list, listing, say } from './dialogue.ts';
import type { Pop3Server, Step } from './dialogue.ts';

const OK = /^\+OK/;
const ERR = /^-ERR/;

const withMailbox =
  (steps: (server: Pop3Server) => readonly Step[]): Case<Pop3Server>['play'] =>
  (server) =>
    before(...steps(server))(server);

const plain = ({ shared }: Pop3Server): string =>
  Buffer.from(`\0${shared.user}\0${shared.password}`).toString('base64');

export const AUTHORIZATION = group('Before the login', [
  ['1939-3-greeting', 'must', 'The greeting is one line that begins with +OK', before(say('QUIT', OK), closed)],
  ['1939-7-user-pass', 'must', 'USER and PASS open the maildrop', inside()],
  [
    '1939-7-pass-spaces',
    'must',
    'A password may hold spaces',
    withMailbox(({ shared }) => [say(`USER ${shared.user}`, OK), say(`PASS ${shared.password}`, OK), say('QUIT', OK)]),
  ],
  [
    '1939-7-pass-wrong',
    'must',
    'A wrong password gets -ERR, and the session goes on',
    withMailbox(({ shared }) => [
      say(`USER ${shared.user}`, OK),
      say('PASS wrong', ERR),
      say(`USER ${shared.user}`, OK),
      say(`PASS ${shared.password}`, OK),
      say('QUIT', OK),
    ]),
  ],
  [
    '1939-7-user-unknown',
    'must',
    'An unknown user gets -ERR at PASS at the latest',
    before(say('USER nobody-at-all@a.test\r\nPASS x', /^(\+OK|-ERR)/, ERR)),
  ],
  ['1939-7-pass-first', 'must', 'PASS before USER gets -ERR', before(say('PASS x', ERR))],
  ['1939-7-user-argument', 'must', 'USER without a name gets -ERR', before(say('USER', ERR))],
  [
    '1939-3-case',
    'must',
    'Keywords are known in any case of letters',
    withMailbox(({ shared }) => [
      say(`uSeR ${shared.user}`, OK),
      say(`pAsS ${shared.password}`, OK),
      say('sTaT', OK),
      say('qUiT', OK),
    ]),
  ],
  ...['STAT', 'LIST', 'RETR 1', 'DELE 1', 'NOOP', 'RSET', 'TOP 1 0', 'UIDL'].map(
    (line) =>
      [
        `1939-4-early-${(line.split(' ')[0] ?? '').toLowerCase()}`,
        'must',
        `${line} before the login gets -ERR`,
        before(say(line, ERR)),
      ] as const,
  ),
  [
    '1939-4-quit-early',
    'must',
    'QUIT before the login gets +OK, and then the connection is closed',
    before(say('QUIT', OK), closed),
  ],
  [
    '1939-3-unknown',
    'must',
    'An unknown command gets -ERR, and the session goes on',
    before(say('FROBNICATE', ERR), say('QUIT', OK)),
  ],
  ['1939-3-empty-line', 'must', 'An empty line gets -ERR', before(say('\r\n', ERR), say('QUIT', OK))],
  [
    '1939-7-apop',
    'must',
    "APOP that isn't offered gets -ERR",
    before(say('APOP bob c4c9334bac560ecc979e58001b3e22fb', ERR)),
  ],
  [
    '2449-4-line-255',
    'must',
    'A line of 255 octets is read as one',
    before(say(`FROB ${'x'.repeat(248)}`, ERR), say('QUIT', OK)),
  ],
  [
    '2449-4-line-long',
    'should',
    'An unknown command of 3,000 octets gets one -ERR; a server may close behind it',
    before(say(`FROB ${'x'.repeat(3000)}`, ERR), async (pop) => {
      pop.send('QUIT\r\n');
      const answer = await pop.line();
      checkThat(
        answer === undefined || answer.startsWith('+OK'),
        '+OK to QUIT, or the end of the connection',
        answer ?? '',
      );
    }),
  ],
  [
    '1939-3-line-endless',
    'must',
    'A line of 200,000 octets is refused or ends the connection',
    before(async (pop) => {
      pop.send(`USER ${'x'.repeat(200_000)}\r\nQUIT\r\n`);
      const first = await pop.line();
      checkThat(first === undefined || first.startsWith('-ERR'), '-ERR or the end of the connection', first ?? '');
    }),
  ],
  ['1939-3-nul', 'must', 'A NUL opens nothing', before(say('USER bo\0b', /^(-ERR|\+OK)/), say('PASS x', ERR))],
  [
    '3206-4-auth-code',
    'should',
    'A wrong password is said to be that: [AUTH]',
    withMailbox(({ shared }) => [say(`USER ${shared.user}`, OK), say('PASS wrong', /^-ERR \[AUTH\]/)]),
  ],
]);

/** Capabilities as CAPA lists them. */
async function capabilities(pop: Connection): Promise<readonly string[]> {
  return await list(pop, 'CAPA');
}

const offers =
  (pattern: RegExp): Step =>
  async (pop) => {
    const lines = await capabilities(pop);
    checkThat(
      lines.some((line) => pattern.test(line)),
      `CAPA: ${String(pattern)}`,
      lines.join(' | '),
    );
  };

export const CAPA = group('CAPA, AUTH and STLS', [
  [
    '2449-5-capa',
    'must',
    'CAPA is answered before the login, with names in their grammar',
    before(
      listing('CAPA', 'names', (lines) => lines.length > 0 && lines.every((line) => /^[!-~]+( [!-~]+)*$/.test(line))),
    ),
  ],
  [
    '2449-5-capa-inside',
    'must',
    'CAPA is answered after the login',
    inside(listing('CAPA', 'names', (lines) => lines.length > 0)),
  ],
  ['2449-6.3-user', 'must', 'USER stands in CAPA where it works', before(offers(/^USER$/))],
  ['2449-6.1-top', 'must', 'TOP stands in CAPA, as it works', before(offers(/^TOP$/))],
  ['2449-6.8-uidl', 'must', 'UIDL stands in CAPA, as it works', before(offers(/^UIDL$/))],
  ['2449-6.6-pipelining', 'should', 'PIPELINING stands in CAPA', before(offers(/^PIPELINING$/))],
  ['2449-6.4-resp-codes', 'should', 'RESP-CODES stands in CAPA', before(offers(/^RESP-CODES$/))],
  ['3206-5-auth-resp-code', 'should', 'AUTH-RESP-CODE stands in CAPA', before(offers(/^AUTH-RESP-CODE$/))],
  ['2595-4-stls', 'should', 'STLS stands in CAPA where a certificate is there', before(offers(/^STLS$/))],
  ['5034-3-sasl', 'should', 'SASL stands in CAPA, with mechanisms', before(offers(/^SASL( [A-Z0-9_-]+)+$/))],
  [
    '5034-4-initial',
    'must',
    'AUTH PLAIN with an initial response opens the maildrop',
    withMailbox((server) => [say(`AUTH PLAIN ${plain(server)}`, OK), say('STAT', OK), say('QUIT', OK)]),
  ],
  [
    '5034-4-continued',
    'must',
    'AUTH PLAIN without one is asked for it with "+ "',
    withMailbox((server) => [say('AUTH PLAIN', /^\+ $/), say(plain(server), OK), say('QUIT', OK)]),
  ],
  [
    '5034-4-case',
    'must',
    'Names of mechanisms have no case',
    withMailbox((server) => [say(`auth plain ${plain(server)}`, OK), say('QUIT', OK)]),
  ],
  [
    '5034-4-cancel',
    'must',
    '"*" cancels the exchange with -ERR',
    before(say('AUTH PLAIN', /^\+ /), say('*', ERR), say('QUIT', OK)),
  ],
  [
    '5034-4-base64',
    'must',
    "A response that isn't base 64 gets -ERR",
    before(say('AUTH PLAIN', /^\+ /), say('!!!', ERR), say('QUIT', OK)),
  ],
  ['5034-4-unknown', 'must', 'An unknown mechanism gets -ERR', before(say('AUTH FROBNICATE', ERR), say('QUIT', OK))],
  ['5034-4-wrong', 'must', 'Wrong credentials get -ERR', before(say('AUTH PLAIN AGJvYgB3cm9uZw==', ERR))],
  ['5034-4-inside', 'must', 'AUTH after the login gets -ERR', inside(say('AUTH PLAIN', ERR))],
  [
    '2595-4-handshake',
    'must',
    'STLS gets +OK, and commands are answered inside TLS',
    before(say('STLS', OK), (pop) => pop.startTls(), offers(/^USER$/)),
  ],
  [
    '2595-4-not-again',
    'must',
    'STLS is not offered inside TLS, and refused',
    before(
      say('STLS', OK),
      (pop) => pop.startTls(),
      listing('CAPA', 'no STLS', (lines) => !lines.includes('STLS')),
      say('STLS', ERR),
    ),
  ],
  ['2595-4-inside', 'must', 'STLS after the login gets -ERR', inside(say('STLS', ERR))],
  [
    '2595-4-injected',
    'must',
    'Commands sent in clear behind STLS are never answered inside TLS',
    before(async (pop) => {
      pop.send('STLS\r\nNOOP\r\n');
      check(OK, await pop.line(), 'reply to STLS');
      try {
        await pop.startTls();
      } catch {
        return;
      }
      pop.send('QUIT\r\n');
      const answer = await pop.line();
      checkThat(answer === undefined || answer.startsWith('+OK'), '+OK to QUIT first', answer ?? '');
      await closed(pop);
    }),
  ],
]);
