-- What submission needs to remember.

-- Addresses that an account may send as besides its own; local "*" is every address of the domain.
CREATE TABLE grants (
  account TEXT NOT NULL,
  domain TEXT NOT NULL,
  local TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, domain, local)
) WITHOUT ROWID;

-- What an account has sent on the last day that it sent anything: one row, so that looking is one read.
CREATE TABLE sent (
  account TEXT PRIMARY KEY,
  day INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  newcomers INTEGER NOT NULL
) WITHOUT ROWID;

-- Whom an account has written to: digests, so that what outlives the journey names nobody.
CREATE TABLE correspondents (
  account TEXT NOT NULL,
  who TEXT NOT NULL,
  PRIMARY KEY (account, who)
) WITHOUT ROWID;

-- When a message was let go that its sender wanted held (RFC 4865); its age in the queue counts from here.
ALTER TABLE messages ADD COLUMN release_at INTEGER;
