-- Headers lie within the content too: those of its parts, and of messages in it. So the form for clients that can't
-- take UTF-8 is the prefix in ASCII, and what stands instead of which octets of the content: the header section of
-- the message is the first of them. Rows go with the content of their message.
CREATE TABLE patches (
  message INTEGER NOT NULL,
  at INTEGER NOT NULL,
  replaces INTEGER NOT NULL,
  instead BLOB NOT NULL,
  PRIMARY KEY (message, at)
) WITHOUT ROWID;

-- Until now prefix and header were one: they stay so, before a content without its header.
ALTER TABLE downgraded RENAME COLUMN head TO prefix;
INSERT INTO patches (message, at, replaces, instead) SELECT message, 0, replaces, x'' FROM downgraded WHERE replaces > 0;
ALTER TABLE downgraded DROP COLUMN replaces;
