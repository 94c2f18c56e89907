-- The first schema. What the columns mean stands in store.ts; here stands why the tables are cut
-- as they are. Times are milliseconds since the epoch, lists and objects JSON text.

CREATE TABLE domains (
  name TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- modseq grows with every change of the account's mail, in the transaction of the change; epoch
-- changes when the past is not what it was (a restore). A JMAP state is <epoch>-<modseq>.
CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  local TEXT NOT NULL,
  domain TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  closed_at INTEGER,
  quota INTEGER,
  used_octets INTEGER NOT NULL DEFAULT 0,
  used_messages INTEGER NOT NULL DEFAULT 0,
  modseq INTEGER NOT NULL DEFAULT 1,
  epoch INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_open ON accounts (local, domain) WHERE closed_at IS NULL;
CREATE INDEX accounts_domain ON accounts (domain);

CREATE TABLE credentials (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, kind)
) WITHOUT ROWID;

CREATE TABLE aliases (
  domain TEXT NOT NULL,
  local TEXT NOT NULL,
  targets TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (domain, local)
) WITHOUT ROWID;

-- What we know of a message. refs counts what still needs its content: emails and deliveries that
-- have not ended. At zero the content goes, ended_at is set, and the journey's keeping time runs.
CREATE TABLE messages (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  prefix BLOB NOT NULL,
  octets INTEGER NOT NULL,
  pop_octets INTEGER NOT NULL,
  mail_from TEXT NOT NULL,
  message_id TEXT,
  body TEXT NOT NULL,
  smtputf8 INTEGER NOT NULL,
  ret TEXT,
  envid TEXT,
  received_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  account TEXT,
  refs INTEGER NOT NULL,
  ended_at INTEGER
);
-- With the id: a forged Message-ID may stand on a million messages, of which the newest are wanted.
CREATE INDEX messages_message_id ON messages (message_id, id) WHERE message_id IS NOT NULL;
CREATE INDEX messages_ended ON messages (ended_at) WHERE ended_at IS NOT NULL;

-- Bodies stand alone, so that no listing reads their pages. One row a message, under its seq;
-- either the octets or the name of the file that has them.
CREATE TABLE contents (
  message INTEGER PRIMARY KEY,
  digest TEXT NOT NULL,
  body BLOB,
  file TEXT
);
CREATE INDEX contents_file ON contents (file) WHERE file IS NOT NULL;

-- Files whose last reference is gone, to be deleted now that this row is committed.
CREATE TABLE garbage (
  file TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE mailboxes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  next_uid INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX mailboxes_role ON mailboxes (account, role);

-- One email, one id, one keyword set, several mailboxes (RFC 8621 section 4.1.1). mailboxes counts
-- its memberships; at zero the email is gone. octets are those that POP3 sends, prefixes included.
CREATE TABLE emails (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  message TEXT NOT NULL,
  n INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  delivery_prefix BLOB NOT NULL,
  uidl TEXT NOT NULL,
  keywords TEXT,
  thread TEXT,
  received_at INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  mailboxes INTEGER NOT NULL
) WITHOUT ROWID;

-- The listing of a mailbox is a walk along this table alone: it repeats what a maildrop shows
-- (octets and uidl never change), so that 100,000 messages are listed from about 10 MB.
CREATE TABLE memberships (
  mailbox INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  email TEXT NOT NULL,
  octets INTEGER NOT NULL,
  uidl TEXT NOT NULL,
  modseq INTEGER NOT NULL,
  PRIMARY KEY (mailbox, uid)
) WITHOUT ROWID;

CREATE TABLE tombstones (
  account TEXT NOT NULL,
  modseq INTEGER NOT NULL,
  email TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, modseq, email)
) WITHOUT ROWID;
CREATE INDEX tombstones_at ON tombstones (at);

-- A large QUIT, committed as a mark and carried out part by part; each part is at most 2,000
-- uids or events.
CREATE TABLE removals (
  account TEXT NOT NULL,
  part INTEGER NOT NULL,
  at INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  uids TEXT NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (account, part)
);

-- next_at is what is shown and what a crash falls back to; due_at is set only while a runner may
-- take the delivery at that time (waiting, or held with a time). holder and lease name who is
-- sending it, freed_state what it is again when that process dies.
CREATE TABLE deliveries (
  message TEXT NOT NULL,
  n INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  recipient_domain TEXT NOT NULL,
  original TEXT,
  destination TEXT NOT NULL,
  state TEXT NOT NULL,
  next_at INTEGER NOT NULL,
  due_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  notify TEXT,
  orcpt TEXT,
  on_unsure TEXT NOT NULL,
  on_failure TEXT NOT NULL,
  last_reply TEXT,
  delay_notified_at INTEGER,
  ended_at INTEGER,
  lease TEXT,
  holder TEXT,
  freed_state TEXT,
  PRIMARY KEY (message, n)
) WITHOUT ROWID;
CREATE INDEX deliveries_due ON deliveries (destination, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (due_at, destination) WHERE state = 'waiting';
CREATE INDEX deliveries_open ON deliveries (message, n) WHERE ended_at IS NULL;
CREATE INDEX deliveries_held ON deliveries (holder) WHERE holder IS NOT NULL;

-- The earliest due_at of each destination that has one. A claim looks here first, so that it costs
-- the same whether ten or a million deliveries wait, and whichever destinations it must leave out.
CREATE TABLE destinations (
  name TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX destinations_due ON destinations (due_at);

CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  message TEXT NOT NULL,
  n INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  host TEXT,
  ip TEXT,
  port INTEGER,
  tls TEXT,
  reply TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
);
CREATE INDEX attempts_message ON attempts (message);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  message TEXT NOT NULL,
  n INTEGER,
  account TEXT,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  facts TEXT NOT NULL
);
CREATE INDEX events_message ON events (message);

CREATE TABLE refusals (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  service TEXT NOT NULL,
  address TEXT NOT NULL,
  rule TEXT NOT NULL,
  count INTEGER NOT NULL,
  sample TEXT NOT NULL
);

-- holder and process are identities as JSON: machine, boot, pid, start.
CREATE TABLE maildrop_locks (
  account TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  holder TEXT NOT NULL,
  since INTEGER NOT NULL,
  peer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX maildrop_locks_holder ON maildrop_locks (holder);

CREATE TABLE processes (
  process TEXT PRIMARY KEY,
  roles TEXT NOT NULL,
  started_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  holder TEXT NOT NULL,
  since INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
