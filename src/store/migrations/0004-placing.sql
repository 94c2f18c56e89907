-- An email is found in all its mailboxes: its owner moves it from one to another, or removes it. Ids grow with time,
-- so a new one goes to the end of the index.
CREATE INDEX memberships_email ON memberships (email);
