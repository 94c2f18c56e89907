-- Destinations with what the way out has learned of them, so that a runner finds its work without walking past
-- those that must wait. not_before is the end of a pause, ready_at when the destination may be tried: at its
-- earliest due_at, and not in a pause. standing: 'well', 'troubled', or 'unknown'. A row whose due_at is NULL
-- has nothing due; it stays while its standing says something, until seen_at (when that was learned) is old.
CREATE TABLE destinations_known (
  name TEXT PRIMARY KEY,
  due_at INTEGER,
  not_before INTEGER NOT NULL DEFAULT 0,
  standing TEXT NOT NULL DEFAULT 'unknown',
  seen_at INTEGER NOT NULL DEFAULT 0,
  ready_at INTEGER GENERATED ALWAYS AS (CASE WHEN due_at < not_before THEN not_before ELSE due_at END) STORED
) WITHOUT ROWID;
INSERT INTO destinations_known (name, due_at) SELECT name, due_at FROM destinations;
DROP TABLE destinations;
ALTER TABLE destinations_known RENAME TO destinations;
CREATE INDEX destinations_ready ON destinations (standing, ready_at) WHERE due_at IS NOT NULL;
CREATE INDEX destinations_paused ON destinations (not_before) WHERE not_before > 0;
CREATE INDEX destinations_idle ON destinations (seen_at) WHERE due_at IS NULL;
