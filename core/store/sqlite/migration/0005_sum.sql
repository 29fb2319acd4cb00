-- The sums of the committed states by region; see store.Sum.
CREATE TABLE sum (
  region  TEXT PRIMARY KEY,
  sum     BLOB NOT NULL,
  records INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What waits for a decision, by its author.
CREATE INDEX entry_aside ON entry (device) WHERE verdict >= 3;
