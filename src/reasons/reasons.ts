/**
 * Every reason we know, in words. Those up to `unknown` are the labels of the corpus of replies
 * (test/corpus/replies); the others are for what is seen on our own side, where no server said anything.
 */
import type { ReasonWords } from './reason.ts';

const SHOW_KEEPER = 'Show this to whoever runs your mail server';
const ANOTHER_WAY = 'Reach the person another way and tell them';
const NOTHING = 'There is nothing you need to do.';

export const REASONS = {
  // --- The recipient and their address ---
  'no-such-user': {
    title: 'no such address',
    side: 'recipient',
    happened: 'The other server takes mail for this domain, but nobody there has this address.',
    advice: 'Check what stands before the @, letter by letter, or ask the person for their address.',
    again: false,
  },
  'user-disabled': {
    title: 'mailbox switched off',
    side: 'recipient',
    happened: 'The mailbox is known there, but it is switched off, locked or no longer used.',
    advice: `${ANOTHER_WAY}.`,
    again: false,
  },
  'user-moved': {
    title: 'address has moved',
    side: 'recipient',
    happened: 'The person has another address now.',
    advice: "Ask the person for it; the other server's own words may name it.",
    again: false,
  },
  'mailbox-full': {
    title: 'mailbox full',
    side: 'recipient',
    happened: "The recipient's mailbox is full: it takes nothing until something in it is removed.",
    advice: `${ANOTHER_WAY}.`,
    again: true,
  },
  'no-such-domain': {
    title: 'no such domain',
    side: 'recipient',
    happened: 'The domain of the address, the part behind the @, does not exist.',
    advice: 'Check what stands behind the @, letter by letter.',
    again: false,
  },
  'no-mail-here': {
    title: 'domain takes no mail',
    side: 'recipient',
    happened: 'The domain of the address, the part behind the @, takes no mail at all.',
    advice: 'Check what stands behind the @, or ask the person for another address.',
    again: false,
  },
  'bad-recipient-address': {
    title: 'address not complete',
    side: 'you',
    happened: "The recipient's address is not written as an address, or a part of it is missing.",
    advice: 'Check the address: it looks like name@example.com, without spaces.',
    again: false,
  },
  'ambiguous-recipient': {
    title: 'address fits several people',
    side: 'recipient',
    happened: 'The address fits more than one person there.',
    advice: 'Ask the person for their exact address.',
    again: false,
  },
  'recipients-only-from-some': {
    title: 'takes mail from some senders only',
    side: 'recipient',
    happened:
      'The address takes mail only from certain senders, such as members of a list or people of one organisation.',
    advice: 'Ask its owner to let you write to it.',
    again: false,
  },
  'blocked-by-recipient': {
    title: 'sender blocked there',
    side: 'recipient',
    happened: 'The recipient, or whoever runs their mail, has blocked your address, your domain or your mail server.',
    advice: 'Reach the person another way and ask them to let your mail through.',
    again: false,
  },
  'quota-of-recipient': {
    title: 'recipient gets too much mail',
    side: 'recipient',
    happened: 'The recipient gets more mail in a time than their server allows, whoever sends it.',
    advice: NOTHING,
    again: true,
  },

  // --- The sender, the login, the right to send ---
  'relay-denied': {
    title: 'server not meant for this address',
    side: 'their-server',
    happened: 'The server that was asked takes no mail for this address, and carries none on to others for us.',
    advice: `Check what stands behind the @. If it is right, either the recipient's domain names the wrong server, or yours uses a wrong route: show this to whoever runs your mail server.`,
    again: false,
  },
  'login-required': {
    title: 'login needed',
    side: 'your-server',
    happened: 'The next server takes this mail only after a login, and there was none.',
    advice: `${SHOW_KEEPER}: the way to that server needs a name and a password.`,
    again: false,
  },
  'login-refused': {
    title: 'login refused',
    side: 'your-server',
    happened: 'The next server did not accept the login: the name, the password, or that way of logging in.',
    advice: `Check the name and password set for that server, and whether it wants a password made for mail programs; on a mail server, whoever runs it does that.`,
    again: false,
  },
  'sender-not-allowed': {
    title: 'may not send from this address',
    side: 'you',
    happened: 'Your address, or the account it was sent with, may not send mail there.',
    advice:
      'Check that you write from an address of your own and that your account is in order; whoever runs your mail server can tell.',
    again: false,
  },
  'sender-unverifiable': {
    title: "sender's address not confirmed",
    side: 'your-domain',
    happened: 'The other server could not make sure that your own address exists and can be answered.',
    advice:
      'Check your own address in your mail program. If it is right, whoever runs its domain must look at its DNS records and its mail server.',
    again: false,
  },
  'bad-sender-address': {
    title: "sender's address not complete",
    side: 'you',
    happened: 'Your own address, as it was sent along, is not written as an address, or a part of it is missing.',
    advice: 'Check your own address in the settings of your mail program.',
    again: false,
  },

  // --- Amounts ---
  'message-too-big': {
    title: 'message too large',
    side: 'you',
    happened: 'The message is larger than allowed there, or has too many parts.',
    advice: 'Make it smaller: fewer or smaller attachments, or a link to them.',
    again: false,
  },
  'too-many-recipients': {
    title: 'too many recipients at once',
    side: 'you',
    happened: 'The message went to more recipients at once than the other server takes.',
    advice: 'Send it to fewer people at a time.',
    again: true,
  },
  'too-many-connections': {
    title: 'too many connections',
    side: 'your-server',
    happened: 'Your mail server had more connections to the other one than that allows.',
    advice: `${NOTHING} If it goes on for days, show this to whoever runs your mail server.`,
    again: true,
  },
  'rate-limited': {
    title: 'too much mail in a short time',
    side: 'you',
    happened: 'More mail, or more tries, came from you or your mail server than the other one takes in that time.',
    advice: 'Send less at a time, and leave some hours in between.',
    again: true,
  },

  // --- Come back later ---
  greylisted: {
    title: 'greylisted: come back later',
    side: 'their-server',
    happened:
      'The other server asks senders it does not know yet to come back a little later. This is a usual check; nothing is wrong.',
    advice: NOTHING,
    again: true,
  },
  'try-later': {
    title: 'server busy',
    side: 'their-server',
    happened: 'The other server is busy or not ready at the moment.',
    advice: NOTHING,
    again: true,
  },
  'server-trouble': {
    title: 'trouble at their server',
    side: 'their-server',
    happened:
      'Something at the other server is out of order: its disk, its memory, its configuration or a service it needs.',
    advice: 'If it lasts, reach the person another way: whoever runs their mail server must mend it.',
    again: true,
  },

  // --- Whether the sending server is trusted ---
  'blocklisted-address': {
    title: 'sending server on a blocklist',
    side: 'your-server',
    happened: 'The network address of your mail server is on a blocklist that the other server uses.',
    advice: `${SHOW_KEEPER}: the other server's own words often name the list and how to get off it.`,
    again: false,
  },
  'poor-reputation': {
    title: 'sender not trusted yet',
    side: 'your-server',
    happened:
      'The other server does not trust your mail server or your domain: it knows little of it, or nothing good.',
    advice: `${SHOW_KEEPER}. Trust comes with time, with mail that is proven to be yours (SPF, DKIM, DMARC), and without spam.`,
    again: true,
  },
  'blocked-domain': {
    title: 'a domain is on a blocklist',
    side: 'your-domain',
    happened: 'The domain you write from, the name of your mail server, or a domain in the message is on a blocklist.',
    advice: `${SHOW_KEEPER}: the other server's own words often name the list and how to get off it.`,
    again: false,
  },
  'dynamic-address': {
    title: 'sent from a home connection',
    side: 'your-server',
    happened:
      'Your mail server sends from a network address that looks like that of a home connection, and the other server takes no mail from such addresses.',
    advice: `${SHOW_KEEPER}: it must send through the mail server of its provider, or from a fixed address with a name of its own.`,
    again: false,
  },
  'no-reverse-name': {
    title: 'sending server has no reverse DNS name',
    side: 'your-server',
    happened:
      'The network address of your mail server has no name in the DNS (reverse DNS), or one that does not lead back to it.',
    advice: `${SHOW_KEEPER}: whoever provides that network address must set its PTR record.`,
    again: false,
  },
  'bad-greeting': {
    title: 'name of the sending server not accepted',
    side: 'your-server',
    happened: 'Your mail server introduced itself with a name that the other one does not accept.',
    advice: `${SHOW_KEEPER}: its host name must be a full one that exists in the DNS.`,
    again: false,
  },

  // --- What is in the message ---
  'spam-content': {
    title: 'taken for spam',
    side: 'you',
    happened: 'The other server took the message for spam.',
    advice:
      'Word it in another way, with fewer links and pictures, or reach the person another way and ask them to let your mail through.',
    again: false,
  },
  virus: {
    title: 'virus found',
    side: 'you',
    happened: 'The other server found a virus in the message.',
    advice: 'Check your computer and the attachments for viruses, and send it without them.',
    again: false,
  },
  'bad-attachment': {
    title: 'attachment not accepted',
    side: 'you',
    happened: 'The message has an attachment of a kind that the other server does not accept.',
    advice: 'Send the file in another form, or a link to it.',
    again: false,
  },
  'bad-link': {
    title: 'link not accepted',
    side: 'you',
    happened: 'The message has a link, or names a website, that the other server does not accept.',
    advice: 'Take the links out, those in your signature too.',
    again: false,
  },
  'malformed-message': {
    title: 'message not well-formed',
    side: 'you',
    happened:
      'The message is not written by the rules that all messages follow: a header field, a line or a character is wrong.',
    advice: 'Write it anew as plain text, or with another mail program.',
    again: false,
  },
  'unsupported-feature': {
    title: 'something is not supported there',
    side: 'their-server',
    happened: 'The message, or the way it was sent, needs something that the other server does not support.',
    advice: 'Send it in a simpler form: plain letters in addresses, names and subject, and no special wishes.',
    again: false,
  },

  // --- Where it comes from ---
  'spf-failed': {
    title: 'SPF check failed',
    side: 'your-domain',
    happened: 'The domain you write from does not name your mail server as one that may send for it (SPF).',
    advice:
      'Send through the mail server that belongs to your address; or whoever runs the domain adds this server to its SPF record.',
    again: false,
  },
  'dkim-failed': {
    title: 'DKIM check failed',
    side: 'your-domain',
    happened: 'The signature that proves where the message comes from (DKIM) is missing or does not hold.',
    advice: `${SHOW_KEEPER}: it must sign with a key that the domain has published.`,
    again: false,
  },
  'dmarc-failed': {
    title: 'DMARC check failed',
    side: 'your-domain',
    happened:
      'It could not be proven that the message comes from the domain in its From field, and the rules of DMARC ask for that.',
    advice:
      'Send through the mail server that belongs to your address; or whoever runs the domain sets its SPF, DKIM and DMARC records right.',
    again: false,
  },
  'not-authenticated': {
    title: 'origin not proven',
    side: 'your-domain',
    happened:
      'The other server takes only mail that is proven to come from its domain (by SPF or DKIM), and this message was not.',
    advice:
      'Send through the mail server that belongs to your address; or whoever runs the domain sets its SPF and DKIM records right.',
    again: false,
  },

  // --- Between the two servers ---
  'tls-required': {
    title: 'encryption wanted',
    side: 'your-server',
    happened: 'The other server takes this mail only over an encrypted connection.',
    advice: `${SHOW_KEEPER}: encryption (TLS) must be on for this server.`,
    again: false,
  },
  'tls-failed': {
    title: 'no encrypted connection',
    side: 'network',
    happened: 'The connection had to be encrypted, and the two mail servers could not agree on how.',
    advice: `${SHOW_KEEPER}: the certificate or the encryption of one of the two servers must be mended.`,
    again: true,
  },
  'protocol-error': {
    title: 'servers misunderstood each other',
    side: 'network',
    happened: 'The two mail servers did not understand each other.',
    advice: `${SHOW_KEEPER}.`,
    again: true,
  },
  'mail-loop': {
    title: 'goes round in circles',
    side: 'recipient',
    happened: 'The message went round in circles, or passed through too many servers.',
    advice: `${ANOTHER_WAY}: most often an address is forwarded to itself.`,
    again: false,
  },
  'leads-back-here': {
    title: 'leads back to this server',
    side: 'your-server',
    happened: 'The address of the next mail server is that of your own, which does not take mail for this domain.',
    advice:
      'Check what stands behind the @. If it is right, show this to whoever runs your mail server: the domain is missing there, or the entry that says where its mail goes names the wrong server.',
    again: false,
  },
  'dns-trouble': {
    title: 'look-up failed',
    side: 'network',
    happened: 'A look-up in the directory of all domains (DNS) failed.',
    advice: 'If it lasts, check what stands behind the @ in the address.',
    again: true,
  },
  'no-route': {
    title: 'no answer from the next server',
    side: 'network',
    happened: 'The next mail server could not be reached.',
    advice: 'Check what stands behind the @. If it is right and this lasts, reach the person another way.',
    again: true,
  },
  expired: {
    title: 'given up after too long',
    side: 'network',
    happened: 'The message was given up after it had waited too long or been tried too often.',
    advice: 'Check the address, or reach the person another way.',
    again: true,
  },

  // --- No more is known ---
  'policy-other': {
    title: 'refused by a rule of theirs',
    side: 'their-server',
    happened: 'The other server refused the message by a rule of its own, and did not say more.',
    advice: 'Its own words may say more; if not, reach the person another way and ask.',
    again: false,
  },
  unknown: {
    title: 'no reason that we know',
    side: 'unknown',
    happened: 'The other server did not take the message, and gave no reason that we know.',
    advice: 'Its own words may say more; if not, reach the person another way and ask.',
    again: true,
  },

  // --- Seen on our own side ---
  'connection-lost': {
    title: 'connection broke',
    side: 'network',
    happened: 'The connection to the other mail server broke before the message was through.',
    advice: `${NOTHING} If it lasts, reach the person another way.`,
    again: true,
  },
  'answer-lost': {
    title: 'perhaps delivered',
    side: 'network',
    happened:
      'The connection broke after the whole message was sent: the other server may have it, or may not. Nobody can know.',
    advice: 'Ask the person whether it arrived.',
    again: true,
  },
  'not-a-mail-server': {
    title: 'not a mail server',
    side: 'their-server',
    happened: 'What answered there does not speak as a mail server does.',
    advice: 'Check what stands behind the @. If it is right and this lasts, reach the person another way.',
    again: true,
  },
  'message-unreadable': {
    title: 'message not readable here',
    side: 'your-server',
    happened: 'Your own mail server could not read the message from its disk.',
    advice: `${SHOW_KEEPER}.`,
    again: true,
  },
  'attempt-stopped': {
    title: 'try cut short here',
    side: 'your-server',
    happened: 'Your own mail server stopped the try before it was decided, because it was shutting down.',
    advice: NOTHING,
    again: true,
  },
  'given-up': {
    title: 'given up by the keeper',
    side: 'your-server',
    happened: 'Whoever runs your mail server has given this message up.',
    advice: 'Ask them why.',
    again: false,
  },
  'route-unusable': {
    title: 'route leads nowhere',
    side: 'your-server',
    happened: 'Your mail server hands this mail to a fixed server, and the name of that server could not be looked up.',
    advice: `${SHOW_KEEPER}: the host of the route must be a name that exists.`,
    again: true,
  },
  'provider-unreachable': {
    title: 'your provider can’t be reached',
    side: 'network',
    happened: 'The server of your provider through which this is sent did not answer. This computer may be offline.',
    advice: `${NOTHING} It goes as soon as the line is back.`,
    again: true,
  },
  'no-account-for-sender': {
    title: 'no account to send through',
    side: 'you',
    happened: 'The account of the address that this was written as is not set up here any more.',
    advice: 'Add the account again, and it goes; or cancel it, and send it from another address.',
    again: true,
  },
  'keyring-locked': {
    title: 'the keyring is locked',
    side: 'you',
    happened:
      'The password for your provider is sealed with a key in the keyring of this computer, and the keyring does not give it out: it is locked, or does not run.',
    advice:
      'Unlock the keyring: log in to your desktop, or open its program for passwords and keys. It goes by itself then.',
    again: true,
  },
  'certificate-changed': {
    title: 'another certificate than you trusted',
    side: 'network',
    happened:
      'The server of your provider shows another certificate than the one you trusted, so your password was not sent to it.',
    advice: 'Ask the provider which certificate is right, and look at the account’s settings.',
    again: true,
  },
  'private-address': {
    title: 'their server is not on the Internet',
    side: 'recipient',
    happened: 'The domain names a mail server whose network address exists only inside a private network.',
    advice: `Check what stands behind the @. If it is right, ${ANOTHER_WAY.toLowerCase()}: whoever runs their domain must mend it.`,
    again: false,
  },
  'server-without-address': {
    title: 'their server has no address',
    side: 'recipient',
    happened: 'The domain names mail servers that have no network address.',
    advice: `Check what stands behind the @. If it is right, ${ANOTHER_WAY.toLowerCase()}: whoever runs their domain must mend it.`,
    again: false,
  },
  'forwarding-failed': {
    title: 'forwarding failed',
    side: 'recipient',
    happened: 'The address leads on to another one, which did not take the message.',
    advice: `${ANOTHER_WAY} that mail to this address does not arrive.`,
    again: false,
  },
} as const satisfies Readonly<Record<string, ReasonWords>>;
