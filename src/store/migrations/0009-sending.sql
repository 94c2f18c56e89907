-- Sending as JMAP sees it (RFC 8621 sections 6 and 7).

-- What an account may call itself, and what goes with it. The identity that comes with the account has a row only
-- once it was changed, with created 0: it has always been there. created and modseq are as with emails.
CREATE TABLE identities (
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  email TEXT NOT NULL,
  facts TEXT NOT NULL,
  created INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) WITHOUT ROWID;

-- One row for each message that was sent over JMAP, under that message's id. What of it changes follows from its
-- deliveries and is written in the transaction that changes them: undo is 'pending', 'final' or 'canceled'; open is 1
-- while a recipient waits; failed_at is when the last one was given up. filed is 1 where a copy lay in a mailbox here
-- at once, and so nothing can be taken back.
CREATE TABLE submissions (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  identity TEXT NOT NULL,
  email TEXT NOT NULL,
  thread TEXT NOT NULL,
  envelope TEXT NOT NULL,
  recipients TEXT NOT NULL,
  send_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  undo TEXT NOT NULL,
  open INTEGER NOT NULL,
  failed_at INTEGER,
  filed INTEGER NOT NULL,
  created INTEGER NOT NULL,
  modseq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX submissions_modseq ON submissions (account, modseq);
CREATE INDEX submissions_created ON submissions (account, created);
CREATE INDEX submissions_sent ON submissions (account, send_at);
CREATE INDEX submissions_email ON submissions (account, email);
CREATE INDEX submissions_open ON submissions (account, id) WHERE open = 1;
CREATE INDEX submissions_failed ON submissions (account, failed_at) WHERE failed_at IS NOT NULL;

-- Emails that are reports about a submission: of delivery (RFC 3464), of reading (RFC 8098).
CREATE TABLE submission_reports (
  submission TEXT NOT NULL,
  email TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  facts TEXT,
  PRIMARY KEY (submission, email)
) WITHOUT ROWID;
CREATE INDEX submission_reports_account ON submission_reports (account);
