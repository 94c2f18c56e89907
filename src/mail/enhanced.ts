/**
 * Enhanced status codes (RFC 3463, with the registry of RFC 5248): reading them, and what each
 * means in words for people. A code that nobody registered gets the words of its subject.
 */
import type { EnhancedCode } from './reply.ts';

/** status-code = class "." subject "." detail ; class = "2" / "4" / "5" ; the others 1*3digit, without leading zeros (RFC 3463 §2) */
const SHAPE = /^([245])\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})(?= |\t|$)/;

/** The code that a reply's text starts with, and the text behind it; undefined when it starts with none (RFC 2034 §4). */
export function parseEnhanced(text: string): { readonly code: EnhancedCode; readonly text: string } | undefined {
  const found = SHAPE.exec(text)?.[0];
  return found === undefined ? undefined : { code: found as EnhancedCode, text: text.slice(found.length + 1) };
}

export interface EnhancedWords {
  /** What the first digit says. */
  readonly class: 'done' | 'not now' | 'refused';
  /** What the second number says: which part of the mail system. */
  readonly subject: string;
  /** What is the matter, as a sentence for the sender. */
  readonly sentence: string;
  /** What the sender can do, as a sentence. */
  readonly advice: string;
}

const CLASSES = { '2': 'done', '4': 'not now', '5': 'refused' } as const;

interface Subject {
  readonly name: string;
  readonly sentence: string;
  readonly advice: string;
}

/** RFC 3463 §3.2 to §3.8. */
const SUBJECTS: readonly Subject[] = [
  {
    name: 'undefined',
    sentence: 'The other server gave no reason that we know.',
    advice: 'Its answer below may say more.',
  },
  {
    name: 'address',
    sentence: 'Something is wrong with the address.',
    advice: 'Check the address, letter by letter, and send the message again.',
  },
  {
    name: 'mailbox',
    sentence: 'The mailbox did not take the message.',
    advice: 'Reach the person another way and tell them about their mailbox.',
  },
  {
    name: 'mail system',
    sentence: 'The mail system there did not take the message.',
    advice: 'Send it again later; if that fails too, its keeper must mend it.',
  },
  {
    name: 'network',
    sentence: 'The mail server of the address could not be reached.',
    advice: 'Check what stands behind the @, or send the message again later.',
  },
  {
    name: 'protocol',
    sentence: 'The two mail servers did not understand each other.',
    advice: 'Show this message to the keeper of your mail server.',
  },
  {
    name: 'content',
    sentence: 'The other server could not handle what is in the message.',
    advice: 'Send it in a simpler form, without unusual attachments.',
  },
  {
    name: 'security',
    sentence: 'The other server does not accept this message, for reasons of security or policy.',
    advice: 'Its answer below may say why; reach the person another way.',
  },
];

const CHECK_ADDRESS = 'Check the address, letter by letter, and send the message again.';
const TELL_THEM = 'Reach the person another way and tell them.';
const SHOW_KEEPER = 'Show this message to the keeper of your mail server.';
const SMALLER = 'Make it smaller, or share large files with a link.';
const LOG_IN = 'Check the name and password in your mail program.';

/** [subject.detail, sentence, advice]: the registry, in our words. */
const DETAILS: Readonly<Record<string, readonly [sentence: string, advice: string]>> = {
  '1.1': ['There is no such mailbox at the other server.', CHECK_ADDRESS],
  '1.2': [
    'The domain of the address does not exist or takes no mail.',
    'Check what stands behind the @, and send the message again.',
  ],
  '1.3': ['The other server does not understand the form of the address.', CHECK_ADDRESS],
  '1.4': ['The address fits more than one mailbox there.', 'Ask the person for their exact address.'],
  '1.5': ['The address is valid.', 'There is nothing to do.'],
  '1.6': ['The mailbox has moved, and where to is not known.', 'Ask the person for their new address.'],
  '1.7': ['The other server does not accept the form of your own address.', 'Check the address in your mail program.'],
  '1.8': ['The other server does not accept the domain of your own address.', SHOW_KEEPER],
  '1.9': ["The message was passed to a system that can't report about it.", 'There is nothing to do.'],
  '1.10': ['The domain of the address says that it takes no mail at all.', 'Ask the person for another address.'],
  '2.1': ['The mailbox is switched off.', TELL_THEM],
  '2.2': ['The mailbox is full.', 'Reach the person another way and tell them; send the message again later.'],
  '2.3': ['The message is too large for this mailbox.', SMALLER],
  '2.4': ['The address is a mailing list that could not be carried out.', 'Tell the owner of the list.'],
  '3.1': ["The other server's disk is full.", 'Send the message again later.'],
  '3.2': ['The other server takes no mail at the moment.', 'Send the message again later.'],
  '3.3': ['The other server lacks something that the message needs.', SHOW_KEEPER],
  '3.4': ['The message is too large for the other server.', SMALLER],
  '3.5': [
    'The other server is set up wrongly.',
    'Reach the person another way: the keeper of their mail server must mend it.',
  ],
  '3.6': ['The message was taken with another priority.', 'There is nothing to do.'],
  '4.1': ['The other mail server does not answer.', 'Check what stands behind the @, or send the message again later.'],
  '4.2': ['The connection to the other mail server broke.', 'Send the message again later.'],
  '4.3': ['A directory that the mail servers need could not be asked.', 'Send the message again later.'],
  '4.4': ['No way to the mail server of the address was found.', 'Check what stands behind the @.'],
  '4.5': ['The other mail server has too much to do.', 'Send the message again later.'],
  '4.6': ['The message went in circles.', 'Reach the person another way: their address is forwarded to itself.'],
  '4.7': [
    'The message could not be delivered in the time there was.',
    'Send it again later, or reach the person another way.',
  ],
  '5.1': ['A mail server used a command that the other does not know.', SHOW_KEEPER],
  '5.2': ["A mail server wrote a command that the other can't read.", SHOW_KEEPER],
  '5.3': ['The message had too many recipients at once.', 'Send it to fewer people at a time.'],
  '5.4': ['A mail server used a command in a way that the other does not know.', SHOW_KEEPER],
  '5.5': ['The mail servers speak different versions.', SHOW_KEEPER],
  '5.6': ['A line of the login was too long.', LOG_IN],
  '6.1': ["The other server can't handle this kind of content.", 'Send it in another form.'],
  '6.2': ['The message would have to be converted, which is not allowed.', 'Send it in a simpler form.'],
  '6.3': ['The message would have to be converted, which nobody on the way can.', 'Send it in a simpler form.'],
  '6.4': ['The message was converted, and something may be lost.', 'Ask the person whether they can read it.'],
  '6.5': ['The message could not be converted.', 'Send it in a simpler form.'],
  '6.6': ['The content of the message could not be had.', 'Send the message again.'],
  '6.7': [
    "An address holds letters that the other server can't handle.",
    'Ask the person for an address in plain letters, or send from one.',
  ],
  '6.8': ["An answer would need letters that can't be sent.", SHOW_KEEPER],
  '6.9': [
    "The header of the message holds letters that the other server can't handle.",
    'Send it with a subject and names in plain letters.',
  ],
  '6.10': ["An answer would need letters that can't be sent.", SHOW_KEEPER],
  '7.1': [
    'The other server does not accept this message from you.',
    'Reach the person another way; its answer below may say why.',
  ],
  '7.2': ['You may not send to this mailing list.', 'Ask the owner of the list.'],
  '7.3': ['The message would need a secure form that could not be made.', SHOW_KEEPER],
  '7.4': ['The other server lacks a security feature that the message needs.', SHOW_KEEPER],
  '7.5': ['Encryption or a signature failed on the way.', SHOW_KEEPER],
  '7.6': ['The servers have no way of encryption in common.', SHOW_KEEPER],
  '7.7': ['The message was damaged on the way, or a check of it failed.', 'Send the message again.'],
  '7.8': ['The name or the password is wrong.', LOG_IN],
  '7.9': ['This way of logging in is too weak.', 'Choose another way of logging in in your mail program.'],
  '7.10': ['The login needs an encrypted connection.', 'Switch on TLS in your mail program.'],
  '7.11': ['This way of logging in needs an encrypted connection.', 'Switch on TLS in your mail program.'],
  '7.12': ['The password must be set anew before this way of logging in works.', 'Set your password again.'],
  '7.13': ['The account is switched off.', 'Ask the keeper of the mail server.'],
  '7.14': ['The servers would have to trust each other first.', SHOW_KEEPER],
  '7.15': ['The priority of the message is too low at the moment.', 'Send the message again later.'],
  '7.16': ['The message is too large for its priority.', SMALLER],
  '7.17': ['The mailbox has another owner now.', 'Ask the person for their new address.'],
  '7.18': ['The domain has another owner now.', 'Ask the person for their new address.'],
  '7.19': ['Whether the mailbox still has the same owner could not be found out.', 'Ask the person for their address.'],
  '7.20': ['The message has no valid signature (DKIM).', SHOW_KEEPER],
  '7.21': ['The signature of the message (DKIM) is not one that the other server accepts.', SHOW_KEEPER],
  '7.22': ['The signature of the message (DKIM) is not of the domain it comes from.', SHOW_KEEPER],
  '7.23': ["The sender's domain does not allow our server to send for it (SPF).", SHOW_KEEPER],
  '7.24': ["What the sender's domain says about its servers (SPF) could not be read.", SHOW_KEEPER],
  '7.25': ['The address of the sending server has no proper name (reverse DNS).', SHOW_KEEPER],
  '7.26': ['The message failed more than one check of where it comes from.', SHOW_KEEPER],
  '7.27': [
    'The domain of your own address says that it takes no mail, so no answer could reach you.',
    'Send from another address.',
  ],
  '7.28': ['Too much mail came at once.', 'Send the message again later.'],
  '7.29': ['The record of the servers the message passed (ARC) does not hold.', SHOW_KEEPER],
  '7.30': [
    "The message demands encryption all the way, which the other server can't give.",
    'Send it without that demand, or reach the person another way.',
  ],
};

export function describeEnhanced(code: EnhancedCode): EnhancedWords {
  const [kind, subject, detail] = code.split('.') as ['2' | '4' | '5', string, string];
  const general = SUBJECTS[Number(subject)] ?? (SUBJECTS[0] as Subject);
  const [sentence, advice] = DETAILS[`${subject}.${detail}`] ?? [general.sentence, general.advice];
  return { class: CLASSES[kind], subject: general.name, sentence, advice };
}
