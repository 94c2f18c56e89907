-- Whether the attempt under way has come to the end of the data, behind which nobody knows whether the next server has
-- the message. Of attempts under way by the version before, nothing is known.
ALTER TABLE deliveries ADD COLUMN end_said INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET end_said = 1 WHERE state = 'sending';
