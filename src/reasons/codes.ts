/**
 * The table of enhanced codes (RFC 3463, the registry of RFC 5248): what each means. Every registered
 * code has a row and a sentence of its own, sharper than its reason's; so have the codes that a large
 * provider uses in a sense of its own.
 */
import type { ReasonId } from './reason.ts';

/** The sentence stands instead of the reason's, and so does the advice where there is one. */
export type CodeRow = readonly [reason: ReasonId, happened: string, advice?: string];

/** X.subject.0: "other or undefined", so it says no more than which part of the mail system it is. */
export const SUBJECTS: Readonly<Record<string, CodeRow>> = {
  0: ['unknown', 'The other server did not take the message, and gave no reason.'],
  1: ['unknown', 'Something is wrong with an address; the other server does not say what.'],
  2: ['unknown', 'The mailbox did not take the message; the other server does not say why.'],
  3: ['server-trouble', 'The mail system there did not take the message; it does not say why.'],
  4: ['no-route', 'Something on the way to the next mail server went wrong.'],
  5: ['protocol-error', 'Something in the conversation of the two mail servers went wrong.'],
  6: ['malformed-message', 'The other server could not handle what is in the message.'],
  7: ['policy-other', 'The other server refused the message for reasons of security or by a rule of its own.'],
};

const WITH_ANOTHER_ADDRESS = 'Ask the person for their address of today.';
const SIMPLER = 'Send it in a simpler form: plain text, without unusual attachments.';
const LOG_IN_OTHERWISE =
  'Choose another way of logging in for that server; on a mail server, whoever runs it does that.';

/** By subject and detail. Class 4 or 5 tells only whether to wait. */
export const REGISTERED: Readonly<Record<string, CodeRow>> = {
  '1.1': ['no-such-user', 'The other server takes mail for this domain, but nobody there has this address.'],
  '1.2': ['no-such-domain', 'The domain of the address, the part behind the @, does not exist or is not known there.'],
  '1.3': [
    'bad-recipient-address',
    "The recipient's address is not written in a form that the other server understands.",
  ],
  '1.4': ['ambiguous-recipient', 'The address fits more than one mailbox there.'],
  '1.5': ['unknown', 'The other server says that the address is valid, and yet did not take the message.'],
  '1.6': ['user-moved', 'The mailbox has moved, and the other server does not know where to.'],
  '1.7': ['bad-sender-address', 'The other server does not accept the form of your own address.'],
  '1.8': ['sender-unverifiable', 'The domain of your own address does not exist, or can get no mail.'],
  '1.9': ['unknown', 'The message was passed to a system that sends no reports, so nobody hears what becomes of it.'],
  '1.10': ['no-mail-here', 'The domain of the address says of itself that it takes no mail at all (null MX).'],
  '2.1': ['user-disabled', 'The mailbox is known there, but switched off: it takes no mail.'],
  '2.2': ['mailbox-full', 'The mailbox has reached its limit: it takes nothing until something in it is removed.'],
  '2.3': ['message-too-big', 'The message is larger than this mailbox allows.'],
  '2.4': [
    'server-trouble',
    'The address is a mailing list, and the other server could not find out who is on it.',
    'Tell the owner of the list.',
  ],
  '3.1': ['server-trouble', 'The storage of the other server is full.'],
  '3.2': [
    'try-later',
    'The other server takes no mail at the moment: it is being shut down, or busy, or under repair.',
  ],
  '3.3': ['unsupported-feature', 'The other server lacks a feature that the message needs.'],
  '3.4': ['message-too-big', 'The message is larger than the other server takes.'],
  '3.5': ['server-trouble', 'The other server is set up wrongly.'],
  '3.6': ['unknown', 'The other server changed the priority of the message.'],
  '4.1': ['no-route', 'The next mail server does not answer.'],
  '4.2': ['no-route', 'The connection to the next mail server was bad, and broke.'],
  '4.3': ['dns-trouble', 'A directory that the mail servers need, such as the DNS, could not be asked.'],
  '4.4': ['no-route', 'No way to the mail server of the address was found.'],
  '4.5': ['try-later', 'The mail system there has too much to do at the moment.'],
  '4.6': ['mail-loop', 'The message was passed on in a circle.'],
  '4.7': ['expired', 'The message could not be delivered in the time it had.'],
  '5.1': ['protocol-error', 'One mail server used a command that the other does not know, or not at this point.'],
  '5.2': ['protocol-error', 'One mail server wrote a command that the other can not read.'],
  '5.3': ['too-many-recipients', 'The message had more recipients at once than the other server takes.'],
  '5.4': ['protocol-error', 'One mail server used a command in a form that the other does not accept.'],
  '5.5': ['protocol-error', 'The two mail servers speak different versions of their language.'],
  '5.6': ['login-refused', 'A line of the login was longer than the other server takes.'],
  '6.1': ['unsupported-feature', 'The other server does not take this kind of content.', SIMPLER],
  '6.2': [
    'unsupported-feature',
    'The message would have to be converted on its way, and that is not allowed.',
    SIMPLER,
  ],
  '6.3': [
    'unsupported-feature',
    'The message would have to be converted on its way, and the servers can not do that.',
    SIMPLER,
  ],
  '6.4': [
    'unknown',
    'The message was converted on its way, and something of it may be lost.',
    'Ask the person whether they can read it.',
  ],
  '6.5': ['unsupported-feature', 'The message had to be converted on its way, and that failed.', SIMPLER],
  '6.6': ['server-trouble', 'The content of the message lies elsewhere and could not be fetched.'],
  '6.7': [
    'unsupported-feature',
    'An address has letters that the other server can not handle.',
    'Ask the person for an address in plain letters (a to z), or write from one.',
  ],
  '6.8': ['unsupported-feature', 'An answer of the other server would need letters that must not be sent here.'],
  '6.9': [
    'unsupported-feature',
    'Names or the subject of the message have letters that the other server can not handle.',
    'Send it with names and subject in plain letters (a to z).',
  ],
  '6.10': ['unsupported-feature', 'An answer of the other server would need letters that can not be sent.'],
  '7.1': ['policy-other', 'The other server does not accept this message from you, and does not say more.'],
  '7.2': [
    'recipients-only-from-some',
    'The address is a mailing list, and you may not send to it.',
    'Ask the owner of the list to let you write to it.',
  ],
  '7.3': [
    'unsupported-feature',
    'The message would have to be changed from one secure form into another, and that is not possible.',
  ],
  '7.4': ['unsupported-feature', 'The other server lacks a security feature that the message needs.'],
  '7.5': ['tls-failed', 'Encryption or a signature failed on the way.'],
  '7.6': ['tls-failed', 'The two servers know no way of encryption in common.'],
  '7.7': ['malformed-message', 'The message was damaged on its way, or a check of it failed.'],
  '7.8': ['login-refused', 'The next server did not accept the name or the password.'],
  '7.9': ['login-refused', 'This way of logging in is too weak for the next server.', LOG_IN_OTHERWISE],
  '7.10': ['tls-required', 'The other server takes a login only over an encrypted connection.'],
  '7.11': ['tls-required', 'The other server takes this way of logging in only over an encrypted connection.'],
  '7.12': [
    'login-refused',
    'The password must be set anew before this way of logging in works.',
    'Set the password for that server again.',
  ],
  '7.13': ['user-disabled', 'The account there is switched off.'],
  '7.14': ['policy-other', 'The two mail servers would have to trust each other first.'],
  '7.15': ['try-later', 'The other server takes only mail of a higher priority at the moment.'],
  '7.16': ['message-too-big', 'The message is too large for its priority.'],
  '7.17': ['user-disabled', 'The mailbox has another owner than before.', WITH_ANOTHER_ADDRESS],
  '7.18': ['user-disabled', 'The domain has another owner than before.', WITH_ANOTHER_ADDRESS],
  '7.19': [
    'user-disabled',
    'Whether the mailbox still has the same owner could not be found out.',
    WITH_ANOTHER_ADDRESS,
  ],
  '7.20': ['dkim-failed', 'The message has no signature that holds (DKIM).'],
  '7.21': ['dkim-failed', 'The message has a signature (DKIM), but not one that the other server accepts.'],
  '7.22': ['dkim-failed', 'The signature of the message (DKIM) is not one of the domain you write from.'],
  '7.23': ['spf-failed', 'The domain you write from does not name your mail server as one that may send for it (SPF).'],
  '7.24': [
    'spf-failed',
    'What the domain you write from says about its servers (SPF) could not be read.',
    'Whoever runs your domain must mend its SPF record.',
  ],
  '7.25': [
    'no-reverse-name',
    'The name of the network address of your mail server (reverse DNS) is missing, or does not lead back to it.',
  ],
  '7.26': ['not-authenticated', 'The message failed more than one check of where it comes from.'],
  '7.27': [
    'sender-unverifiable',
    'The domain of your own address says of itself that it takes no mail, so no answer could reach you.',
    'Write from another address.',
  ],
  '7.28': ['rate-limited', 'A flood of mail came at once, or looked like one.'],
  '7.29': ['dkim-failed', 'The chain of seals of the servers the message passed (ARC) does not hold.'],
  '7.30': [
    'tls-required',
    'The message demands encryption all the way, and the next server can not promise that.',
    'Send it without that demand, or reach the person another way.',
  ],
};

/**
 * Codes that a provider uses in a sense of its own, where its words alone don't tell. By subject and
 * detail, or a range of details: Microsoft 365 ("Non-delivery reports and SMTP errors"), Gmail.
 */
export const PROVIDERS: readonly (readonly [subject: string, first: number, last: number, row: CodeRow])[] = [
  ['0', 350, 350, ['malformed-message', 'A field of the header is longer than the other server takes.']],
  ['1', 20, 20, ['malformed-message', 'The message must have one author, and has several.']],
  ['1', 90, 90, ['rate-limited', 'You have reached the number of recipients that your provider allows in a day.']],
  ['2', 14, 14, ['server-trouble', 'The mailbox there is set up wrongly.']],
  ['2', 121, 122, ['quota-of-recipient', 'The recipient gets more mail in an hour than their server allows.']],
  [
    '4',
    8,
    8,
    [
      'tls-failed',
      'The certificate or the encryption of the other mail server does not hold what its domain promises (MTA-STS).',
    ],
  ],
  ['4', 11, 14, ['mail-loop', 'The message passed through too many servers, or made too many others.']],
  ['4', 300, 300, ['expired', 'The message was given up after too many tries.']],
  ['4', 310, 312, ['dns-trouble', 'The domain of the address could not be looked up in the DNS.']],
  ['4', 313, 317, ['no-route', 'The mail server of the address refused the connection, or broke it.']],
  ['7', 12, 12, ['recipients-only-from-some', 'The address takes mail only from people of its own organisation.']],
  ['7', 57, 57, ['login-required', 'The next server takes mail only after a login.']],
  ['7', 60, 60, ['sender-not-allowed', 'The account may not send from this address.']],
  ['7', 64, 64, ['relay-denied', 'The domain of the address is not one that the other server takes mail for.']],
  ['7', 123, 124, ['recipients-only-from-some', 'The group takes mail only from senders that its owner allows.']],
  [
    '7',
    129,
    137,
    [
      'recipients-only-from-some',
      'The address takes mail only from people of its own organisation, or from senders on its list.',
    ],
  ],
  ['7', 139, 139, ['login-refused', 'The account there may not be used to send mail this way.']],
  ['7', 193, 193, ['recipients-only-from-some', 'The organisation takes mail only from some senders.']],
  ['7', 232, 233, ['rate-limited', 'Your provider sends no more for your organisation today: it has sent too much.']],
  [
    '7',
    320,
    325,
    [
      'tls-failed',
      'The certificate or the encryption of the other mail server does not hold what its domain promises (MTA-STS, DANE).',
    ],
  ],
  [
    '7',
    500,
    500,
    ['poor-reputation', 'The other server has seen suspicious mail from the network address of your mail server.'],
  ],
  [
    '7',
    501,
    503,
    ['sender-not-allowed', 'Your address or your account may not send: spam seems to have come from it.'],
  ],
  ['7', 504, 505, ['no-such-user', 'The other provider takes no mail for this address.']],
  [
    '7',
    506,
    506,
    ['bad-greeting', 'Your mail server introduced itself with the name of the other one, or with none that is right.'],
  ],
  [
    '7',
    507,
    507,
    ['blocked-by-recipient', 'The organisation of the recipient has blocked the network address of your mail server.'],
  ],
  [
    '7',
    508,
    508,
    [
      'rate-limited',
      'More mail came from the network address of your mail server than the other one takes in an hour.',
    ],
  ],
  [
    '7',
    509,
    509,
    [
      'dmarc-failed',
      'The message failed the check of DMARC, and the domain in its From field asks to refuse such mail.',
    ],
  ],
  ['7', 510, 510, ['policy-other', 'The domain of the address takes no mail over IPv6.']],
  [
    '7',
    511,
    511,
    ['blocklisted-address', 'The network address of your mail server is on a list of the other provider.'],
  ],
  ['7', 512, 512, ['malformed-message', 'The From field of the message is not written as it must be.']],
  [
    '7',
    513,
    513,
    ['blocked-by-recipient', 'The organisation of the recipient has blocked the network address of your mail server.'],
  ],
  [
    '7',
    515,
    515,
    ['not-authenticated', 'The domain you write from must pass SPF, DKIM and DMARC there, and does not.'],
  ],
  [
    '7',
    550,
    599,
    ['poor-reputation', 'The other server has seen suspicious mail from the network address of your mail server.'],
  ],
  [
    '7',
    606,
    649,
    ['blocklisted-address', 'The network address of your mail server is on a list of the other provider.'],
  ],
  [
    '7',
    650,
    699,
    [
      'poor-reputation',
      'The other server slows your mail server down, because it does not trust its network address yet.',
    ],
  ],
  [
    '7',
    700,
    749,
    ['sender-not-allowed', 'Your provider sends nothing more for your organisation: spam seems to have come from it.'],
  ],
  [
    '7',
    750,
    750,
    ['sender-not-allowed', 'Your organisation may not send from domains that it has not registered with its provider.'],
  ],
  [
    '7',
    850,
    899,
    ['poor-reputation', 'The other server has seen suspicious mail from the network address of your mail server.'],
  ],
];
