/** For tests of engines on SQL: what must hold of mail whatever happened, each as a query that finds the rows which break it. */
const VISIBLE =
  "memberships s JOIN mailboxes b ON b.id = s.mailbox AND b.role IS NOT 'leaving' JOIN emails e ON e.id = s.email";
const UNREAD = '(e.flags & 9) = 0';

export const MAIL_RULES: Readonly<Record<string, string>> = {
  'a mailbox lists exactly its emails': `SELECT s.mailbox, e.received_at, e.seq, e.thread, e.flags FROM ${VISIBLE} EXCEPT SELECT mailbox, received_at, seq, thread, flags FROM listings`,
  'nothing else is listed in a mailbox': `SELECT mailbox, received_at, seq, thread, flags FROM listings WHERE mailbox > 0 EXCEPT SELECT s.mailbox, e.received_at, e.seq, e.thread, e.flags FROM ${VISIBLE}`,
  'all mail is listed, and nothing else':
    'SELECT -(seq / 2147483648), received_at, seq, thread, flags FROM emails WHERE hidden = 0 EXCEPT SELECT * FROM listings ' +
    'UNION ALL SELECT * FROM (SELECT * FROM listings WHERE mailbox < 0 EXCEPT SELECT -(seq / 2147483648), received_at, seq, thread, flags FROM emails WHERE hidden = 0)',
  'an email stands under the number of its account':
    'SELECT e.id FROM emails e JOIN accounts a ON a.id = e.account WHERE e.seq / 2147483648 <> a.number',
  'only what is hidden lies in the hidden mailbox':
    "SELECT e.id FROM emails e WHERE e.hidden <> EXISTS (SELECT 1 FROM memberships s JOIN mailboxes b ON b.id = s.mailbox WHERE s.email = e.id AND b.role = 'leaving')",
  'a mailbox counts its emails and those unread': `SELECT id FROM mailboxes m WHERE total_emails <> (SELECT count(*) FROM ${VISIBLE} WHERE s.mailbox = m.id) OR unread_emails <> (SELECT count(*) FROM ${VISIBLE} WHERE s.mailbox = m.id AND ${UNREAD})`,
  'a thread counts its emails':
    'SELECT id FROM threads t WHERE emails <> (SELECT count(*) FROM emails e WHERE e.thread = t.id AND e.hidden = 0) OR emails = 0',
  'an email has its thread': 'SELECT id FROM emails WHERE hidden = 0 AND thread NOT IN (SELECT id FROM threads)',
  'a thread counts its unread emails, those in the Trash apart':
    `SELECT id FROM threads t WHERE unread <> (SELECT count(DISTINCT e.seq) FROM ${VISIBLE} WHERE e.thread = t.id AND ${UNREAD} AND b.role IS NOT 'trash') OR ` +
    `trash_unread <> (SELECT count(DISTINCT e.seq) FROM ${VISIBLE} WHERE e.thread = t.id AND ${UNREAD} AND b.role IS 'trash')`,
  'a thread lies where its emails do, with its newest there': `SELECT e.thread, s.mailbox, count(*), max(e.received_at) FROM ${VISIBLE} GROUP BY e.thread, s.mailbox EXCEPT SELECT thread, mailbox, emails, newest_at FROM thread_mailboxes`,
  'a thread lies nowhere else': `SELECT thread, mailbox FROM thread_mailboxes EXCEPT SELECT e.thread, s.mailbox FROM ${VISIBLE}`,
  'the newest of a thread in a mailbox is the last that came':
    'SELECT thread FROM thread_mailboxes t WHERE newest <> (SELECT l.seq FROM listings l WHERE l.mailbox = t.mailbox AND l.thread = t.thread ORDER BY l.received_at DESC, l.seq DESC LIMIT 1)',
  'a mailbox counts its threads, and those with anything unread, the Trash apart':
    'SELECT id FROM mailboxes b WHERE total_threads <> (SELECT count(*) FROM thread_mailboxes t WHERE t.mailbox = b.id) OR unread_threads <> ' +
    "(SELECT count(*) FROM thread_mailboxes t JOIN threads h ON h.id = t.thread WHERE t.mailbox = b.id AND CASE WHEN b.role IS 'trash' THEN h.trash_unread ELSE h.unread END > 0)",
  'names lead to threads that are there':
    'SELECT target FROM names WHERE owner > 0 AND target NOT IN (SELECT id FROM threads) UNION ALL SELECT target FROM names WHERE owner = 0 AND target NOT IN (SELECT seq FROM messages WHERE message_id IS NOT NULL)',
  'keywords are found as emails have them':
    'SELECT e.seq, k.value FROM emails e, json_each(e.keywords) k EXCEPT SELECT seq, keyword FROM keywords',
  'keywords are found of nothing else':
    'SELECT seq, keyword FROM keywords EXCEPT SELECT e.seq, k.value FROM emails e, json_each(e.keywords) k',
  'cards and words are those of emails that have been read':
    'SELECT seq FROM cards WHERE seq NOT IN (SELECT seq FROM emails WHERE hidden = 0 AND is_read = 1) UNION ALL SELECT seq FROM card_sorts WHERE seq NOT IN (SELECT seq FROM cards) ' +
    'UNION ALL SELECT rowid FROM words WHERE rowid NOT IN (SELECT seq FROM cards) UNION ALL SELECT seq FROM emails WHERE hidden = 0 AND is_read = 1 AND seq NOT IN (SELECT seq FROM cards)',
  'no two changes of one kind share a modseq':
    "SELECT modseq FROM (SELECT account, 'email' AS kind, modseq FROM emails WHERE hidden = 0 UNION ALL SELECT a.id, 'thread', t.modseq FROM threads t JOIN accounts a ON a.number = t.owner " +
    "UNION ALL SELECT account, 'mailbox', modseq FROM mailboxes WHERE role IS NOT 'leaving' UNION ALL SELECT account, kind, modseq FROM tombstones) GROUP BY account, kind, modseq HAVING count(*) > 1",
  'nothing has a modseq that its account has not reached':
    'SELECT e.id FROM emails e JOIN accounts a ON a.id = e.account WHERE e.modseq > a.modseq OR e.created > e.modseq ' +
    'UNION ALL SELECT t.id FROM threads t JOIN accounts a ON a.number = t.owner WHERE t.modseq > a.modseq ' +
    'UNION ALL SELECT m.id FROM mailboxes m JOIN accounts a ON a.id = m.account WHERE m.modseq > a.modseq',
};
