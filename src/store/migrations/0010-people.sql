-- Whom an account writes to and has letters from. rank is log2 of the sum, over all letters, of weight * 2^(time in
-- half-lives): recency times frequency as one number that need not be worked out anew as time goes by. is_unknown is 1
-- where an answer said that the address does not exist.
CREATE TABLE people (
  account TEXT NOT NULL,
  address_key TEXT NOT NULL,
  id TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT,
  rank REAL NOT NULL,
  last_at INTEGER NOT NULL,
  is_unknown INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, address_key)
) WITHOUT ROWID;
CREATE INDEX people_rank ON people (account, rank);
