-- What the operator's hand, and the people who send, need of the queue.

-- It was asked back while it was being sent: unless the attempt hands it on, it goes no further.
ALTER TABLE deliveries ADD COLUMN stop_requested_at INTEGER;
-- 1: an attempt ended and nobody knows whether the next server took the message.
ALTER TABLE deliveries ADD COLUMN may_have_left INTEGER NOT NULL DEFAULT 0;
-- Why the last attempt did not get it there, as the id of a reason: a hundred thousand answers that all differ in
-- the address they name are one group in the listing.
ALTER TABLE deliveries ADD COLUMN reason TEXT;
UPDATE deliveries SET reason = 'other' WHERE ended_at IS NULL AND last_reply IS NOT NULL;

-- Addresses that are not written to for a while. account '' is everybody; until NULL is for good. told_at: when
-- the account was last told at RCPT.
CREATE TABLE suppressions (
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  made_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  reply TEXT,
  host TEXT,
  message TEXT,
  told_at INTEGER,
  PRIMARY KEY (account, address)
) WITHOUT ROWID;
CREATE INDEX suppressions_address ON suppressions (address);
CREATE INDEX suppressions_until ON suppressions (until) WHERE until IS NOT NULL;
