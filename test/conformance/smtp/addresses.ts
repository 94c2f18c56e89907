/** Paths and parameters of MAIL and RCPT, and who may relay (RFC 5321 §4.1.2, §4.1.1.11, §3.6; RFC 1870, 6152, 3461, 6531). */
import { from, group, MAIL, RCPT, say } from './dialogue.ts';
import type { Case, Level } from '../case.ts';
import type { SmtpServer } from './dialogue.ts';

type Row = readonly [string, Level, string, Case<SmtpServer>['play']];

/** One line where MAIL may stand, and its reply. */
function mail(id: string, level: Level, what: string, line: string, wanted: RegExp): Row {
  return [id, level, what, from('greeted', say(line, wanted))];
}

/** One line where RCPT may stand, and its reply. */
function rcpt(id: string, level: Level, what: string, line: string, wanted: RegExp): Row {
  return [id, level, what, from('sender', say(line, wanted))];
}

const LOCAL_64 = 'l'.repeat(64);

export const PATHS = group('Paths', [
  mail('5321-4.5.5-null', 'must', 'The null reverse-path is taken', 'MAIL FROM:<>', /^250/),
  mail('5321-4.1.2-literal', 'must', 'An address literal is a domain', 'MAIL FROM:<ann@[192.0.2.1]>', /^250/),
  mail('5321-4.1.3-ipv6', 'must', 'An IPv6 literal is a domain', 'MAIL FROM:<ann@[IPv6:2001:db8::1]>', /^250/),
  mail('5321-4.1.2-quoted', 'must', 'A quoted local part is taken', 'MAIL FROM:<"ann lee"@b.test>', /^250/),
  mail('5321-4.1.2-quoted-at', 'must', 'A quoted local part may hold an at sign', 'MAIL FROM:<"a@n"@b.test>', /^250/),
  mail(
    '5321-4.1.2-quoted-bracket',
    'must',
    'A quoted local part may hold an angle bracket',
    'MAIL FROM:<"a>n"@b.test>',
    /^250/,
  ),
  mail(
    '5321-4.1.2-atext',
    'must',
    'All characters of an atom are taken',
    "MAIL FROM:<!#$%&'*+-/=?^_`{|}~@b.test>",
    /^250/,
  ),
  mail(
    '5321-4.5.3.1.1-local-64',
    'must',
    'A local part of 64 octets is taken',
    `MAIL FROM:<${LOCAL_64}@b.test>`,
    /^250/,
  ),
  mail(
    '5321-4.1.1.2-source-route',
    'must',
    'A source route in front of the sender is taken (and ignored)',
    'MAIL FROM:<@x.test,@y.test:ann@b.test>',
    /^250/,
  ),
  rcpt(
    '5321-4.1.1.3-source-route',
    'must',
    'A source route in front of a recipient who is here is taken',
    'RCPT TO:<@a.test:bob@a.test>',
    /^250/,
  ),
  rcpt(
    '5321-4.5.1-postmaster',
    'must',
    'RCPT TO:<Postmaster> without a domain is taken',
    'RCPT TO:<Postmaster>',
    /^250/,
  ),
  rcpt(
    '5321-4.5.1-postmaster-domain',
    'must',
    'postmaster at our domain is taken in any case of letters',
    'RCPT TO:<PostMaster@A.TEST>',
    /^250/,
  ),
  rcpt('5321-2.4-domain-case', 'must', 'The case of letters in a domain means nothing', 'RCPT TO:<bob@A.Test>', /^250/),
  mail(
    '5321-4.1.1.2-no-brackets',
    'should',
    'A sender without angle brackets gets 501 (a server may also take it, as Postel said)',
    'MAIL FROM:ann@b.test',
    /^(501|250)/,
  ),
  mail(
    '5321-4.1.1.2-space',
    'should',
    'A space behind the colon gets 501 or is forgiven',
    'MAIL FROM: <ann@b.test>',
    /^(501|250)/,
  ),
  mail('5321-4.1.1.2-no-colon', 'must', 'MAIL without a colon gets 501', 'MAIL FROM <ann@b.test>', /^50[01]/),
  mail('5321-4.1.1.2-no-argument', 'must', 'MAIL alone gets 501', 'MAIL', /^50[01]/),
  mail('5321-4.1.1.2-mail-to', 'must', 'MAIL TO gets 501', 'MAIL TO:<ann@b.test>', /^50[01]/),
  rcpt('5321-4.1.1.3-no-argument', 'must', 'RCPT alone gets 501', 'RCPT', /^50[01]/),
  rcpt('5321-4.1.1.3-rcpt-from', 'must', 'RCPT FROM gets 501', 'RCPT FROM:<bob@a.test>', /^50[01]/),
  rcpt('5321-4.1.1.3-null', 'must', 'A recipient can not be the null path', 'RCPT TO:<>', /^5(01|5[013])/),
  mail('5321-4.1.2-open', 'must', "A path that isn't closed is refused", 'MAIL FROM:<ann@b.test', /^5(01|53)/),
  mail('5321-4.1.2-no-local', 'must', 'A path without a local part is refused', 'MAIL FROM:<@b.test>', /^5(01|53)/),
  mail('5321-4.1.2-no-domain', 'must', 'A path that ends with the at sign is refused', 'MAIL FROM:<ann@>', /^5(01|53)/),
  mail(
    '5321-4.1.2-two-ats',
    'must',
    'Two at signs outside quotes are refused',
    'MAIL FROM:<ann@b@c.test>',
    /^5(01|53)/,
  ),
  mail(
    '5321-4.1.2-two-dots',
    'must',
    'Two dots in a row in a domain are refused',
    'MAIL FROM:<ann@b..test>',
    /^5(01|53)/,
  ),
  mail(
    '5321-4.1.2-local-dots',
    'must',
    'Two dots in a row in a local part without quotes are refused',
    'MAIL FROM:<ann..lee@b.test>',
    /^5(01|53)/,
  ),
  mail(
    '5321-4.1.2-bare-space',
    'must',
    'A space in a local part without quotes is refused',
    'MAIL FROM:<ann lee@b.test>',
    /^5(01|53|55)/,
  ),
  mail(
    '5321-4.1.2-hyphen',
    'must',
    'A label of a domain does not begin with a hyphen',
    'MAIL FROM:<ann@-b.test>',
    /^5(01|5[03])/,
  ),
  mail(
    '5321-4.1.3-bad-literal',
    'must',
    'A literal that is no address is refused',
    'MAIL FROM:<ann@[999.1.2.3]>',
    /^5(01|5[03])/,
  ),
  mail(
    '5321-4.5.3.1.3-path-long',
    'should',
    'A path of 3,000 octets is refused',
    `MAIL FROM:<${'x'.repeat(3000)}@b.test>`,
    /^5\d\d/,
  ),
  mail(
    '5321-4.1.2-control',
    'must',
    'A control character in a path is refused',
    'MAIL FROM:<an\x07n@b.test>',
    /^5(00|01|53)/,
  ),
  mail(
    '6531-3.4-utf8-unasked',
    'must',
    'Octets above 127 in a path without SMTPUTF8 are refused',
    'MAIL FROM:<\xc3\xa4nn@b.test>',
    /^5(0[01]|53|50)/,
  ),
  mail(
    '5321-4.1.2-trailing',
    'must',
    'Text right behind the path is refused',
    'MAIL FROM:<ann@b.test>junk',
    /^5(01|53|55)/,
  ),
]);

export const PARAMETERS = group('Parameters', [
  mail('1870-5-size', 'must', 'SIZE within the limit is taken', `${MAIL} SIZE=1000`, /^250/),
  mail('1870-6.1-too-big', 'must', 'SIZE above the limit gets 552', `${MAIL} SIZE=99999999999`, /^552/),
  mail('1870-5-not-a-number', 'must', 'SIZE that is no number gets 501', `${MAIL} SIZE=big`, /^501/),
  mail('1870-3-zero', 'must', 'SIZE=0 is taken', `${MAIL} SIZE=0`, /^250/),
  mail(
    '1870-5-twenty-digits',
    'must',
    'SIZE has at most 20 digits: a number of 20 is understood, and too big',
    `${MAIL} SIZE=99999999999999999999`,
    /^552/,
  ),
  mail('6152-2-7bit', 'must', 'BODY=7BIT is taken', `${MAIL} BODY=7BIT`, /^250/),
  mail('6152-2-8bitmime', 'must', 'BODY=8BITMIME is taken', `${MAIL} BODY=8BITMIME`, /^250/),
  mail('6152-2-other', 'must', 'BODY with another word gets 501, 504 or 555', `${MAIL} BODY=9BIT`, /^(50[14]|555)/),
  mail('5321-4.1.1.11-case', 'must', 'Names of parameters have no case', `${MAIL} body=8bitmime size=100`, /^250/),
  mail('5321-4.1.1.11-unknown', 'must', 'An unknown parameter of MAIL gets 555', `${MAIL} FROBNICATE=1`, /^555/),
  rcpt('5321-4.1.1.11-rcpt-unknown', 'must', 'An unknown parameter of RCPT gets 555', `${RCPT} FROBNICATE=1`, /^555/),
  rcpt('5321-4.1.1.11-wrong-verb', 'must', 'A parameter of MAIL is none of RCPT', `${RCPT} SIZE=100`, /^5(55|01)/),
  mail('5321-4.1.1.11-syntax', 'must', 'A parameter that is no word gets 501 or 555', `${MAIL} =x`, /^5(01|55)/),
  mail('3461-4.3-ret', 'must', 'RET=HDRS is taken', `${MAIL} RET=HDRS`, /^250/),
  mail('3461-4.3-ret-bad', 'must', 'RET with another word gets 501', `${MAIL} RET=SOME`, /^501/),
  mail('3461-4.4-envid', 'must', 'ENVID is taken', `${MAIL} ENVID=abc+2Bdef`, /^250/),
  mail('3461-4.3-twice', 'must', 'RET twice gets 501', `${MAIL} RET=HDRS RET=FULL`, /^501/),
  rcpt('3461-4.1-notify', 'must', 'NOTIFY=SUCCESS,FAILURE is taken', `${RCPT} NOTIFY=SUCCESS,FAILURE`, /^250/),
  rcpt('3461-4.1-never-alone', 'must', 'NOTIFY=NEVER stands alone', `${RCPT} NOTIFY=NEVER,FAILURE`, /^501/),
  rcpt('3461-4.2-orcpt', 'must', 'ORCPT is taken', `${RCPT} ORCPT=rfc822;bob@a.test`, /^250/),
  rcpt('3461-4.2-orcpt-bad', 'must', 'ORCPT without its type gets 501', `${RCPT} ORCPT=bob`, /^501/),
  mail(
    '6531-3.4-smtputf8',
    'must',
    'SMTPUTF8 takes an address outside ASCII',
    'MAIL FROM:<\xc3\xa4nn@b.test> SMTPUTF8',
    /^250/,
  ),
  mail('6531-3.4-argument', 'must', 'SMTPUTF8 has no value', `${MAIL} SMTPUTF8=yes`, /^5(01|55)/),
  mail(
    '6531-3.3-broken-utf8',
    'must',
    'Octets that are no UTF-8 are refused even with SMTPUTF8',
    'MAIL FROM:<\xc3\x28nn@b.test> SMTPUTF8',
    /^5(0[01]|5[03])/,
  ),
]);

const refused = /^5(01|5[0-4])/;

export const RELAY = group('Relaying', [
  rcpt(
    '5321-3.6.1-elsewhere',
    'must',
    'A recipient elsewhere is refused to a stranger',
    'RCPT TO:<x@elsewhere.test>',
    /^55[0-4]/,
  ),
  rcpt('5321-3.3-unknown-user', 'must', 'Nobody of that name: 550', 'RCPT TO:<nobody-at-all@a.test>', /^550/),
  rcpt('5321-3.3-subdomain', 'must', 'A subdomain of ours is not ours', 'RCPT TO:<bob@sub.a.test>', refused),
  rcpt('5321-3.6.1-percent', 'must', 'The percent hack is refused', 'RCPT TO:<x%elsewhere.test@a.test>', refused),
  rcpt(
    '5321-3.6.1-percent-local',
    'must',
    'The percent hack without a domain is refused',
    'RCPT TO:<x%elsewhere.test>',
    refused,
  ),
  rcpt('5321-3.6.1-bang', 'must', 'A bang path is refused', 'RCPT TO:<elsewhere.test!x@a.test>', refused),
  rcpt(
    '5321-3.6.1-route',
    'must',
    'A source route to elsewhere is refused',
    'RCPT TO:<@a.test:x@elsewhere.test>',
    refused,
  ),
  rcpt(
    '5321-3.6.1-quoted',
    'must',
    'A quoted address of elsewhere at our domain is refused',
    'RCPT TO:<"x@elsewhere.test"@a.test>',
    refused,
  ),
  rcpt(
    '5321-3.6.1-two-ats',
    'must',
    'An address with two at signs is refused',
    'RCPT TO:<x@elsewhere.test@a.test>',
    refused,
  ),
  rcpt(
    '5321-3.6.1-literal',
    'must',
    'An address literal of another host is refused',
    'RCPT TO:<x@[192.0.2.1]>',
    refused,
  ),
  [
    '5321-3.6.1-null-sender',
    'must',
    'The null sender opens no relay',
    from('greeted', say('MAIL FROM:<>', /^250/), say('RCPT TO:<x@elsewhere.test>', refused)),
  ],
  [
    '5321-3.6.1-our-sender',
    'must',
    'To name one of ours as the sender opens no relay',
    from('greeted', say('MAIL FROM:<bob@a.test>', /^[25]\d\d/), say('RCPT TO:<x@elsewhere.test>', /^5\d\d/)),
  ],
  [
    '5321-3.3-others-stand',
    'must',
    'A refused recipient leaves the others standing',
    from(
      'recipient',
      say('RCPT TO:<x@elsewhere.test>', refused),
      say('RCPT TO:<alice@a.test>', /^250/),
      say('DATA', /^354/),
      say('Subject: x\r\n\r\nx\r\n.', /^250/),
    ),
  ],
]);
