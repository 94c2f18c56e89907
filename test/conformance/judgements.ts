/** What we think of each case that a peer answers otherwise, having looked at the RFC again; by the id of the case. */
const LENIENT =
  'Postfix is lenient with addresses by default; the grammar of §4.1.2 does not have this one, so we refuse.';

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
};
