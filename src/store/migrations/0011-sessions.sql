-- Who is logged in to the web interface. Of the token in the browser's cookie only a digest is kept: who reads this
-- table can't log in with it.
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account, seen_at);
CREATE INDEX sessions_seen ON sessions (seen_at);
