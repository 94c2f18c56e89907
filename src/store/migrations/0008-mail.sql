-- Mail as its owner sees it over JMAP (RFC 8621): mailboxes in a tree, threads, keywords, changes since a state.

-- number is small, so that what belongs to an account needs few octets to say so: an email's seq is
-- number * 2^31 + its place among all that the account was ever given (numbered), and the emails of an account
-- stand together in every table under their seq. changes_from: what changed before is forgotten. inbox and trash
-- repeat which mailboxes have those roles (0: none): filing an email asks for both.
ALTER TABLE accounts ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN changes_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN inbox INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN trash INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET number = r.number
  FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS number FROM accounts) r WHERE r.id = accounts.id;
CREATE UNIQUE INDEX accounts_number ON accounts (number);

-- What goes leaves a tombstone of its kind: 'email', 'thread' or 'mailbox'. Nobody has a state from before.
DROP TABLE tombstones;
CREATE TABLE tombstones (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  modseq INTEGER NOT NULL,
  id TEXT NOT NULL,
  created INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, kind, modseq)
) WITHOUT ROWID;
CREATE INDEX tombstones_at ON tombstones (at);

-- parent 0 is the top. created and modseq: when it was made, and when anything of it last changed; facts_modseq:
-- anything but the counts. The counts are kept, never counted: unread_threads are those with an unread email
-- anywhere, the Trash apart (RFC 8621 section 2). Ids go on where they were: none is given again.
CREATE TABLE mailboxes_named (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  role TEXT,
  uid_validity INTEGER NOT NULL,
  next_uid INTEGER NOT NULL DEFAULT 1,
  name TEXT NOT NULL DEFAULT '',
  parent INTEGER NOT NULL DEFAULT 0,
  sort_order INTEGER NOT NULL DEFAULT 0,
  is_subscribed INTEGER NOT NULL DEFAULT 1,
  total_emails INTEGER NOT NULL DEFAULT 0,
  unread_emails INTEGER NOT NULL DEFAULT 0,
  total_threads INTEGER NOT NULL DEFAULT 0,
  unread_threads INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0,
  modseq INTEGER NOT NULL DEFAULT 0,
  facts_modseq INTEGER NOT NULL DEFAULT 0
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'mailboxes_named', seq FROM sqlite_sequence WHERE name = 'mailboxes';
INSERT INTO mailboxes_named (id, account, role, uid_validity, next_uid) SELECT id, account, role, uid_validity, next_uid FROM mailboxes;
DROP TABLE mailboxes;
ALTER TABLE mailboxes_named RENAME TO mailboxes;
INSERT INTO mailboxes (account, role, uid_validity)
  SELECT a.id, r.column1, max(1, a.created_at / 1000)
  FROM accounts a CROSS JOIN (VALUES ('inbox'), ('archive'), ('drafts'), ('sent'), ('junk'), ('trash')) r
  WHERE NOT EXISTS (SELECT 1 FROM mailboxes b WHERE b.account = a.id AND b.role = r.column1);
UPDATE mailboxes SET
  name = CASE role WHEN 'inbox' THEN 'Inbox' WHEN 'archive' THEN 'Archive' WHEN 'drafts' THEN 'Drafts'
    WHEN 'sent' THEN 'Sent' WHEN 'junk' THEN 'Junk' WHEN 'trash' THEN 'Trash' ELSE '' END,
  sort_order = CASE role WHEN 'inbox' THEN 10 WHEN 'drafts' THEN 20 WHEN 'sent' THEN 30 WHEN 'archive' THEN 40
    WHEN 'junk' THEN 50 WHEN 'trash' THEN 60 ELSE 0 END;
UPDATE mailboxes SET created = r.n, modseq = r.n, facts_modseq = r.n
  FROM (SELECT id, row_number() OVER (PARTITION BY account ORDER BY id) AS n FROM mailboxes) r WHERE r.id = mailboxes.id;
CREATE UNIQUE INDEX mailboxes_role ON mailboxes (account, role);
CREATE UNIQUE INDEX mailboxes_name ON mailboxes (account, parent, name);

-- flags: the keywords that every list asks for, as bits (operations/keyword.ts); keywords: the others, a JSON list.
-- thread is the seq of the email that began it. octets are those that POP3 sends, size those that came. hidden: only
-- a POP3 session that had listed it still sees it. is_read: somebody has made its card.
CREATE TABLE emails_numbered (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  message TEXT NOT NULL,
  n INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  delivery_prefix BLOB NOT NULL,
  uidl TEXT NOT NULL,
  flags INTEGER NOT NULL DEFAULT 0,
  keywords TEXT,
  thread INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  size INTEGER NOT NULL,
  created INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  mailboxes INTEGER NOT NULL,
  hidden INTEGER NOT NULL DEFAULT 0,
  is_read INTEGER NOT NULL DEFAULT 0,
  downgraded_prefix BLOB,
  downgraded_octets INTEGER
);
INSERT INTO emails_numbered (seq, id, account, message, n, recipient, delivery_prefix, uidl, thread, received_at, octets, size, created, modseq, mailboxes, hidden, downgraded_prefix, downgraded_octets)
  SELECT r.number * 2147483648 + r.place, e.id, e.account, e.message, e.n, e.recipient, e.delivery_prefix, e.uidl, r.number * 2147483648 + r.place,
    e.received_at, e.octets, length(e.delivery_prefix) + coalesce(length(m.prefix) + m.octets, 0), r.place, r.place, e.mailboxes,
    EXISTS (SELECT 1 FROM memberships s JOIN mailboxes b ON b.id = s.mailbox WHERE s.email = e.id AND b.role = 'leaving'), e.downgraded_prefix, e.downgraded_octets
  FROM emails e LEFT JOIN messages m ON m.id = e.message
  JOIN (SELECT x.id, coalesce(a.number, 0) AS number, row_number() OVER (PARTITION BY a.number ORDER BY x.received_at, x.id) AS place
    FROM emails x LEFT JOIN accounts a ON a.id = x.account) r ON r.id = e.id;
DROP TABLE emails;
ALTER TABLE emails_numbered RENAME TO emails;
UPDATE accounts SET
  inbox = (SELECT b.id FROM mailboxes b WHERE b.account = accounts.id AND b.role = 'inbox'),
  trash = (SELECT b.id FROM mailboxes b WHERE b.account = accounts.id AND b.role = 'trash'),
  numbered = (SELECT count(*) FROM emails e WHERE e.account = accounts.id),
  modseq = max(modseq, 10, (SELECT count(*) FROM emails e WHERE e.account = accounts.id));
CREATE INDEX emails_changed ON emails (account, modseq, created) WHERE hidden = 0;
CREATE INDEX emails_thread ON emails (thread, received_at) WHERE hidden = 0;
CREATE INDEX emails_unread ON emails (received_at) WHERE is_read = 0;

-- What lies in a mailbox, in the order in which people look at it; under minus the account's number all of its mail.
-- A query is a walk along this table, so it repeats what most of them ask for.
CREATE TABLE listings (
  mailbox INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  PRIMARY KEY (mailbox, received_at, seq)
) WITHOUT ROWID;
INSERT INTO listings SELECT s.mailbox, e.received_at, e.seq, e.thread, e.flags FROM memberships s JOIN emails e ON e.id = s.email WHERE e.hidden = 0
  UNION ALL SELECT -(e.seq / 2147483648), e.received_at, e.seq, e.thread, e.flags FROM emails e WHERE e.hidden = 0;

-- unread: emails of it that have neither $seen nor $draft and lie elsewhere than in the Trash; trash_unread: in the
-- Trash. owner is the account's number.
CREATE TABLE threads (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,
  emails INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  trash_unread INTEGER NOT NULL,
  created INTEGER NOT NULL,
  modseq INTEGER NOT NULL
);
INSERT INTO threads SELECT e.seq, e.seq / 2147483648, 1,
  EXISTS (SELECT 1 FROM memberships s JOIN mailboxes b ON b.id = s.mailbox WHERE s.email = e.id AND b.role <> 'trash'),
  EXISTS (SELECT 1 FROM memberships s JOIN mailboxes b ON b.id = s.mailbox WHERE s.email = e.id AND b.role = 'trash'),
  e.created, e.modseq FROM emails e WHERE e.hidden = 0;
CREATE INDEX threads_changed ON threads (owner, modseq, created);

-- Where a thread lies, with its newest email there: the list of a mailbox in which each thread stands once.
CREATE TABLE thread_mailboxes (
  thread INTEGER NOT NULL,
  mailbox INTEGER NOT NULL,
  emails INTEGER NOT NULL,
  newest_at INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  PRIMARY KEY (thread, mailbox)
) WITHOUT ROWID;
INSERT INTO thread_mailboxes SELECT thread, mailbox, 1, received_at, seq FROM listings WHERE mailbox > 0;
CREATE INDEX thread_mailboxes_newest ON thread_mailboxes (mailbox, newest_at, newest);

-- Of a message whose copies are filed when its hold has ended: the Message-IDs by which they find their thread.
ALTER TABLE messages ADD COLUMN thread_ids TEXT;

-- Message-IDs as digests, and what they name: a message (owner 0, target its seq), or in an account (owner its number)
-- the thread of the emails that have it or refer to it. One table for both, so that a message that comes in touches one
-- page of it; until now messages had an index over the whole text.
CREATE TABLE names (
  digest BLOB NOT NULL,
  owner INTEGER NOT NULL,
  target INTEGER NOT NULL,
  PRIMARY KEY (digest, owner, target)
) WITHOUT ROWID;
DROP INDEX messages_message_id;
INSERT INTO names SELECT name_digest(message_id), 0, seq FROM messages WHERE message_id IS NOT NULL;
INSERT INTO names SELECT name_digest(m.message_id), e.seq / 2147483648, min(e.thread)
  FROM emails e JOIN messages m ON m.id = e.message WHERE e.hidden = 0 AND m.message_id IS NOT NULL GROUP BY 1, 2;
CREATE INDEX names_thread ON names (target) WHERE owner > 0;

UPDATE mailboxes SET total_emails = c.n, unread_emails = c.n, total_threads = c.n, unread_threads = c.n
  FROM (SELECT mailbox, count(*) AS n FROM listings WHERE mailbox > 0 GROUP BY mailbox) c WHERE c.mailbox = mailboxes.id;

-- Keywords that are no flags, for searching.
CREATE TABLE keywords (
  owner INTEGER NOT NULL,
  keyword TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (owner, keyword, seq)
) WITHOUT ROWID;

-- What was read from an email's octets. The slim part is what sorting needs; header is what `header` conditions look into.
CREATE TABLE cards (
  seq INTEGER PRIMARY KEY,
  card TEXT NOT NULL,
  header TEXT NOT NULL
);
CREATE TABLE card_sorts (
  seq INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  sent_at INTEGER
);
-- The words themselves are kept nowhere else; each row stands under the seq of its email.
CREATE VIRTUAL TABLE words USING fts5 (
  subject, sender, receiver, cc, bcc, body, attachments, header,
  content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

-- Octets that a client handed in and that no email has yet.
CREATE TABLE uploads (
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  at INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  pop_octets INTEGER NOT NULL,
  body BLOB,
  file TEXT,
  PRIMARY KEY (account, id)
);
CREATE INDEX uploads_at ON uploads (at);
CREATE INDEX uploads_file ON uploads (file) WHERE file IS NOT NULL;
