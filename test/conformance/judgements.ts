/** What we think of each case that a peer answers otherwise, having looked at the RFC again; by the id of the case. */
const LENIENT =
  'Postfix is lenient with addresses by default; the grammar of §4.1.2 does not have this one, so we refuse.';

const LOGIN_REPLIES =
  'Postfix hands each line of a login to Dovecot and answers 535 to whatever that refuses; §4 and §6 name this reply, and a client can tell its own mistake from a wrong password by it, so ours stays.';

const C_STRING =
  'It reads a line up to the NUL, so one command is another here than it was for what stood in between; no command holds a control character, so we refuse.';

export const JUDGEMENTS: Readonly<Record<string, string>> = {
  '5321-4.1.1.8-help':
    'Postfix has no HELP; §4.1.1.8 says SHOULD, the minimum of §4.5.1 does without it, and no mail is the worse for it. We keep ours.',
  '5321-4.1.2-no-local': LENIENT,
  '5321-4.1.2-two-ats': LENIENT,
  '5321-4.1.2-local-dots': `${LENIENT} Some old mail systems have handed out such addresses: who is behind one must quote it.`,
  '5321-4.1.2-control': LENIENT,
  '6531-3.4-utf8-unasked':
    'Postfix takes it unless `strict_smtputf8 = yes`; without SMTPUTF8 the grammar is ASCII only, and the next server might not take what we had answered for, so we refuse.',
  '1939-7-user-argument':
    'Dovecot says +OK to an empty name and refuses at PASS; the argument is required (§7), and §3 wants -ERR for a command that is syntactically invalid, so ours stays.',
  '5321-4.1.4-mail-before-ehlo':
    'Postfix asks for EHLO only with `smtpd_helo_required = yes`; §4.1.4 obliges the client, and leaves it to the server what it does with one that does not.',
  '5321-2.3.8-bare-lf-refused':
    'Postfix (`normalize`) makes CRLF of it, which splits nothing either; we do not change what we were given, so we refuse.',
  '5321-2.3.8-bare-cr-refused':
    'Postfix takes the message; what stands in our store must be what any next server reads.',
  '5321-4.1.1.4-command-bare-lf':
    'Postfix takes LF as the end of a command line; §2.3.8 says that only CRLF is one, and we do not take commands out of text that way.',
  '5321-4.1.1-nul-behind-verb': C_STRING,
  '1939-3-nul-inside': C_STRING,
  '1939-3-nul-in-number': C_STRING,
  '4954-4-before-ehlo':
    'Postfix asks for EHLO only with `smtpd_helo_required = yes`, behind STARTTLS neither; what AUTH offers is said in the answer to EHLO (§3), and RFC 3207 §4.2 forgot the one in clear, so we want another.',
  '4954-4-base64': LOGIN_REPLIES,
  '4954-4-base64-initial': LOGIN_REPLIES,
  '4954-4-unknown': LOGIN_REPLIES,
  '4954-6-530':
    'Postfix waits with its refusals until RCPT (`smtpd_delay_reject`), to log more about the sender; §6 says SHOULD of any command, and who is told at once sends no more, so ours stays.',
  '1939-7-top-20-digits':
    'Dovecot reads the number of lines into 64 bits; §7 asks for a number that is not negative and says that one beyond the body means all of it, so ours stays.',
  '1939-3-silent-without-a-word':
    'Dovecot says -ERR before it closes; §3 wants the connection closed without any response, and a client that comes back to it would take the line for the answer to its next command, so ours stays.',
};
