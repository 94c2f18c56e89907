-- Where programs want changes to be told (RFC 8620 section 7.2). stage: 'new' until the code was posted there, 'asked'
-- until its owner has brought it back, then 'verified'. types NULL: all. told: the states that were told last, as JSON.
-- failures in a row, and when it is tried again.
CREATE TABLE push_subscriptions (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  device TEXT NOT NULL,
  url TEXT NOT NULL,
  keys TEXT,
  code TEXT NOT NULL,
  stage TEXT NOT NULL DEFAULT 'new',
  types TEXT,
  expires_at INTEGER NOT NULL,
  told TEXT NOT NULL DEFAULT '{}',
  failures INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX push_subscriptions_account ON push_subscriptions (account);
