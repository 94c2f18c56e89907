-- Accounts at other providers, and what is remembered of the messages in their maildrops. settings and standing are
-- JSON that the store does not look into; secrets are sealed. due_at NULL: not before a person has done something.
CREATE TABLE remotes (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  settings TEXT NOT NULL,
  secrets TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  standing TEXT,
  visited_at INTEGER,
  due_at INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX remotes_address ON remotes (account, address);
CREATE INDEX remotes_due ON remotes (due_at) WHERE due_at IS NOT NULL;

-- A row stays when its message is gone at the provider (gone_at): some servers list an id again.
CREATE TABLE remote_messages (
  remote TEXT NOT NULL,
  uidl TEXT NOT NULL,
  octets INTEGER NOT NULL,
  state TEXT NOT NULL,
  collected_at INTEGER NOT NULL,
  head TEXT NOT NULL,
  email TEXT,
  rest_wanted INTEGER NOT NULL DEFAULT 0,
  gone_at INTEGER,
  PRIMARY KEY (remote, uidl)
) WITHOUT ROWID;
CREATE INDEX remote_messages_email ON remote_messages (email) WHERE email IS NOT NULL;
