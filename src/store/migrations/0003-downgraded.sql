-- What clients get that can't take UTF-8 in a header (RFC 6857). Octets are counted as POP3 sends them; NULL: they
-- get the message as it is. On memberships, so that the listing of a mailbox stays a walk along one table.
ALTER TABLE messages ADD COLUMN downgraded_octets INTEGER;
ALTER TABLE emails ADD COLUMN downgraded_prefix BLOB;
ALTER TABLE emails ADD COLUMN downgraded_octets INTEGER;
ALTER TABLE memberships ADD COLUMN downgraded_octets INTEGER;

-- The header in that form, prefix included, and how many octets of the content it stands for. Kept as it was
-- written when the message was filed: what LIST promised must not change with the way we write it. One row a
-- message, under its seq; gone with its content.
CREATE TABLE downgraded (
  message INTEGER PRIMARY KEY,
  head BLOB NOT NULL,
  replaces INTEGER NOT NULL
);
