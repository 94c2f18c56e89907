/** Verbs, their order, and what forgets a transaction (RFC 5321 §4.1). */
import { check, checkThat, withConnections } from '../case.ts';
import { closed, from, group, HELLO, inStep, MAIL, RCPT, say } from './dialogue.ts';

const LONG_WORD = 'x'.repeat(3000);

export const GREETING = group('Greeting and EHLO', [
  [
    '5321-4.2-greeting',
    'must',
    'The greeting is 220 with the name of the host first',
    (server) =>
      withConnections(async (open) => {
        const smtp = await open(server.port);
        check(/^220[ -][A-Za-z0-9][A-Za-z0-9.-]+( |\n|$)/, await smtp.reply(), 'greeting');
      }),
  ],
  [
    '5321-4.1.1.1-ehlo',
    'must',
    'EHLO gets 250 and the name of the host on the first line',
    from('connected', say(HELLO, /^250[ -][A-Za-z0-9.-]+( |\n|$)/)),
  ],
  [
    '5321-4.1.1.1-helo',
    'must',
    'HELO gets 250 on one line',
    from('connected', say('HELO client.test', /^250 [^\n]*$/)),
  ],
  [
    '5321-4.1.1.1-ehlo-literal',
    'must',
    'EHLO takes an address literal',
    from('connected', say('EHLO [192.0.2.1]', /^250/)),
  ],
  [
    '5321-4.1.1.1-ehlo-ipv6',
    'must',
    'EHLO takes an IPv6 literal',
    from('connected', say('EHLO [IPv6:2001:db8::1]', /^250/)),
  ],
  [
    '5321-4.1.4-name-unverified',
    'must',
    'A name that does not resolve is no reason to refuse EHLO',
    from('connected', say('EHLO no-such-host.invalid', /^250/)),
  ],
  ['5321-4.1.1.1-ehlo-argument', 'must', 'EHLO without a name gets 501', from('connected', say('EHLO', /^501/))],
  ['5321-4.1.1.1-helo-argument', 'must', 'HELO without a name gets 501', from('connected', say('HELO', /^501/))],
  [
    '5321-2.4-case',
    'must',
    'Verbs are known in any case of letters',
    from(
      'connected',
      say('eHlO client.test', /^250/),
      say('mAiL fRoM:<ann@b.test>', /^250/),
      say('rCpT tO:<bob@a.test>', /^250/),
      say('rSeT', /^250/),
    ),
  ],
  [
    '5321-4.1.1.1-ehlo-keywords',
    'must',
    'EHLO lists keywords in their own grammar',
    from('connected', say(HELLO, /^250-[^\n]+(\n250[- ][A-Za-z0-9][A-Za-z0-9-]*([ =][\x21-\x7e ]+)?)+$/)),
  ],
  [
    '5321-4.2.1-lines',
    'must',
    'All lines of a reply have the same code, and only the last has a space behind it',
    from('connected', say(HELLO, /^(250-[^\n]*\n)+250 [^\n]*$/)),
  ],
  ['2920-3.1-offered', 'should', 'PIPELINING is offered', from('connected', say(HELLO, /\n250[- ]PIPELINING(\n|$)/))],
  [
    '1870-3-offered',
    'should',
    'SIZE is offered, with a number',
    from('connected', say(HELLO, /\n250[- ]SIZE \d+(\n|$)/)),
  ],
  ['6152-2-offered', 'should', '8BITMIME is offered', from('connected', say(HELLO, /\n250[- ]8BITMIME(\n|$)/))],
  [
    '3207-2-offered',
    'should',
    'STARTTLS is offered where a certificate is there',
    from('connected', say(HELLO, /\n250[- ]STARTTLS(\n|$)/)),
  ],
  [
    '2034-3-offered',
    'should',
    'ENHANCEDSTATUSCODES is offered',
    from('connected', say(HELLO, /\n250[- ]ENHANCEDSTATUSCODES(\n|$)/)),
  ],
  ['6531-3.1-offered', 'should', 'SMTPUTF8 is offered', from('connected', say(HELLO, /\n250[- ]SMTPUTF8(\n|$)/))],
  ['3461-3-offered', 'should', 'DSN is offered', from('connected', say(HELLO, /\n250[- ]DSN(\n|$)/))],
  ['3030-2-offered', 'should', 'CHUNKING is offered', from('connected', say(HELLO, /\n250[- ]CHUNKING(\n|$)/))],
  [
    '6409-4.3-no-auth',
    'house',
    'AUTH is not offered on the port for other servers',
    from('connected', say(HELLO, /^(?![^]*\n250[- ]AUTH)250/)),
  ],
]);

export const VERBS = group('Verbs', [
  ['5321-4.1.1.9-noop', 'must', 'NOOP gets 250', from('greeted', say('NOOP', /^250/))],
  [
    '5321-4.1.1.9-noop-string',
    'must',
    'NOOP with a string gets 250 as well',
    from('greeted', say('NOOP some words', /^250/)),
  ],
  [
    '5321-4.1.1.9-noop-keeps',
    'must',
    'NOOP changes nothing in a transaction',
    from('sender', say('NOOP', /^250/), say(RCPT, /^250/)),
  ],
  [
    '5321-4.1.1.10-quit',
    'must',
    'QUIT gets 221, and then the connection is closed',
    from('greeted', say('QUIT', /^221/), closed),
  ],
  ['5321-4.1.1.10-quit-any-time', 'must', 'QUIT is taken before EHLO', from('connected', say('QUIT', /^221/), closed)],
  [
    '5321-4.1.1.10-quit-in-transaction',
    'must',
    'QUIT is taken in a transaction',
    from('recipient', say('QUIT', /^221/), closed),
  ],
  [
    '5321-4.1.1.10-quit-argument',
    'must',
    'QUIT with an argument gets 501 (it has none in the grammar), or is taken',
    from('greeted', say('QUIT now', /^(501|221)/)),
  ],
  ['5321-4.1.1.5-rset', 'must', 'RSET gets 250', from('greeted', say('RSET', /^250/))],
  ['5321-4.1.1.5-rset-early', 'must', 'RSET is taken before EHLO', from('connected', say('RSET', /^250/))],
  ['5321-4.1.4-noop-early', 'should', 'NOOP is taken before EHLO', from('connected', say('NOOP', /^250/))],
  ['5321-4.1.1.5-rset-argument', 'should', 'RSET with an argument gets 501', from('greeted', say('RSET now', /^501/))],
  [
    '5321-4.1.1.4-data-argument',
    'should',
    'DATA with an argument gets 501',
    from('recipient', say('DATA now', /^501/)),
  ],
  [
    '5321-4.1.1.6-vrfy',
    'must',
    'VRFY of somebody who is here gets 250, 251 or 252, or 502 where it is switched off',
    from('greeted', say('VRFY bob@a.test', /^(25[012]|502)/)),
  ],
  [
    '5321-3.5.3-vrfy-unverified',
    'must',
    'VRFY of nobody is never a plain 250',
    from('greeted', say('VRFY nobody-at-all@a.test', /^(252|55[013]|502)/)),
  ],
  [
    '5321-4.1.1.6-vrfy-argument',
    'must',
    'VRFY without an argument gets 501 (or 502)',
    from('greeted', say('VRFY', /^50[12]/)),
  ],
  [
    '5321-4.1.1.7-expn',
    'must',
    'EXPN lists a list, or is refused as unknown or not implemented',
    from('greeted', say('EXPN list0', /^(50[02]|25[02]|550)/)),
  ],
  ['5321-4.1.1.8-help', 'should', 'HELP gets 211 or 214', from('greeted', say('HELP', /^21[14]/))],
  ['5321-4.2.4-unknown', 'must', 'An unknown verb gets 500', from('greeted', say('FROBNICATE all', /^500/))],
  [
    '5321-4.2.4-unknown-keeps',
    'must',
    'An unknown verb ends no transaction',
    from('recipient', say('FROBNICATE', /^50[02]/), say('DATA', /^354/)),
  ],
  ['5321-4.1.1-empty-line', 'must', 'An empty line gets 500', from('greeted', say('\r\n', /^500/))],
  [
    '5321-4.1.1-space-in-front',
    'house',
    'A space in front of the verb gets 500',
    from('greeted', say(' NOOP', /^50[01]/)),
  ],
  [
    '5321-4.1.1-turn',
    'must',
    'The dropped TURN, SEND, SOML and SAML get 500 or 502',
    from(
      'greeted',
      say('TURN', /^50[02]/),
      say('SEND FROM:<ann@b.test>', /^50[02]/),
      say('SOML FROM:<ann@b.test>', /^50[02]/),
      say('SAML FROM:<ann@b.test>', /^50[02]/),
    ),
  ],
  [
    '4954-4-auth-not-here',
    'must',
    "AUTH that isn't offered is no login",
    from('greeted', say('AUTH PLAIN AGFubgBzZWNyZXQ=', /^5(00|02|03|04|30|34|38)/)),
  ],
  [
    '5321-4.5.3.1.4-line-512',
    'must',
    'A command line of 512 octets is taken',
    from('greeted', say(`NOOP ${'x'.repeat(505)}`, /^250/)),
  ],
  [
    '5321-4.5.3.1.9-line-long',
    'should',
    'A command line of 3,000 octets gets 500 or 501, once',
    from('greeted', say(`FROB ${LONG_WORD}`, /^50[01]/), inStep),
  ],
  [
    '5321-4.5.3.1.9-noop-long',
    'house',
    'Even a NOOP of 3,000 octets is too long',
    from('greeted', say(`NOOP ${LONG_WORD}`, /^50[01]/), inStep),
  ],
  [
    '5321-4.5.3.1.9-endless-line',
    'must',
    'A line of 200,000 octets gets one reply at most, and no piece of it is another command',
    (server) =>
      withConnections(async (open) => {
        const smtp = await open(server.port);
        await smtp.reply();
        smtp.send(`${HELLO}\r\n`);
        await smtp.reply();
        smtp.send(`NOOP ${'x'.repeat(200_000)}\r\nQUIT\r\n`);
        const replies = await smtp.rest();
        checkThat(replies.length <= 2, 'one reply and the 221 at most', replies.join(' | '));
      }),
  ],
  [
    '5321-4.1.1-nul',
    'must',
    'A NUL in a command is no part of a command',
    from('greeted', say('MAIL FROM:<an\0n@b.test>', /^5\d\d/)),
  ],
  [
    '5321-7.8-http',
    'house',
    'An HTTP request ends the connection',
    from('connected', say('GET / HTTP/1.1\r\nHost: a.test\r\n', /^(221|421|5\d\d)/), closed),
  ],
]);

export const ORDER = group('Order and forgetting', [
  ['5321-4.1.4-mail-before-ehlo', 'house', 'MAIL before EHLO gets 503', from('connected', say(MAIL, /^503/))],
  ['5321-4.1.4-rcpt-before-mail', 'must', 'RCPT before MAIL gets 503', from('greeted', say(RCPT, /^503/))],
  ['5321-4.1.4-data-before-mail', 'must', 'DATA before MAIL gets 503', from('greeted', say('DATA', /^503/))],
  [
    '5321-3.3-data-before-rcpt',
    'must',
    'DATA without a recipient gets 503 or 554',
    from('sender', say('DATA', /^(503|554)/)),
  ],
  [
    '5321-3.3-data-all-refused',
    'must',
    'DATA gets 503 or 554 when every recipient was refused',
    from('sender', say('RCPT TO:<x@elsewhere.test>', /^5\d\d/), say('DATA', /^(503|554)/)),
  ],
  ['5321-4.1.4-mail-twice', 'must', 'A second MAIL in a transaction gets 503', from('sender', say(MAIL, /^503/))],
  [
    '5321-4.1.4-503-keeps',
    'must',
    'A refused second MAIL leaves the first standing',
    from('sender', say('MAIL FROM:<other@b.test>', /^503/), say(RCPT, /^250/), say('DATA', /^354/)),
  ],
  [
    '5321-4.1.1.5-rset-forgets-sender',
    'must',
    'RSET forgets the sender',
    from('sender', say('RSET', /^250/), say(RCPT, /^503/)),
  ],
  [
    '5321-4.1.1.5-rset-forgets-recipients',
    'must',
    'RSET forgets the recipients',
    from('recipient', say('RSET', /^250/), say(MAIL, /^250/), say('DATA', /^(503|554)/)),
  ],
  [
    '5321-4.1.1.5-rset-keeps-ehlo',
    'must',
    'RSET does not forget EHLO',
    from('greeted', say('RSET', /^250/), say(MAIL, /^250/)),
  ],
  [
    '5321-4.1.4-ehlo-resets',
    'must',
    'EHLO in a transaction ends it like RSET',
    from('recipient', say(HELLO, /^250/), say(RCPT, /^503/)),
  ],
  [
    '5321-4.1.4-helo-resets',
    'must',
    'HELO in a transaction ends it like RSET',
    from('recipient', say('HELO client.test', /^250/), say(RCPT, /^503/)),
  ],
  [
    '5321-4.1.4-ehlo-twice',
    'must',
    'EHLO may be sent again',
    from('greeted', say('EHLO other.test', /^250/), say(MAIL, /^250/)),
  ],
  [
    '5321-4.1.4-bad-ehlo-keeps',
    'must',
    'An EHLO that was refused changes nothing',
    from('recipient', say('EHLO', /^501/), say('DATA', /^354/)),
  ],
  [
    '5321-4.1.1.2-bad-mail-starts-nothing',
    'must',
    'A MAIL that was refused starts no transaction',
    from('greeted', say('MAIL FROM:<ann@b.test', /^5\d\d/), say(RCPT, /^503/)),
  ],
  [
    '5321-3.3-second-message',
    'must',
    'A second message in a session begins with a new MAIL',
    from(
      'data',
      say('Subject: one\r\n\r\nx\r\n.', /^250/),
      say(RCPT, /^503/),
      say(MAIL, /^250/),
      say(RCPT, /^250/),
      say('DATA', /^354/),
      say('Subject: two\r\n\r\nx\r\n.', /^250/),
    ),
  ],
  [
    '5321-4.2-enhanced',
    'should',
    'With ENHANCEDSTATUSCODES a reply to RCPT begins with a code of the same class',
    from('sender', say(RCPT, /^250 2\.\d+\.\d+ /), say('RCPT TO:<nobody-at-all@a.test>', /^550 5\.\d+\.\d+ /)),
  ],
]);
