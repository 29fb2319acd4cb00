-- How many files a record names, so that records without any cost nothing.
ALTER TABLE record ADD COLUMN files INTEGER NOT NULL DEFAULT 0;

-- Which record names which file.
CREATE TABLE named (
  file   TEXT NOT NULL,                -- hash and sort, as in 9f86….jpg
  record INTEGER NOT NULL,
  PRIMARY KEY (file, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX named_record ON named (record);

-- What this tablet knows of photos and other files. held and wanted are sums
-- of 1 for the thumbnail and 2 for the whole file.
CREATE TABLE file (
  name        TEXT PRIMARY KEY,
  size        INTEGER NOT NULL,        -- bytes; 0: not known
  held        INTEGER NOT NULL,
  wanted      INTEGER NOT NULL,
  own         INTEGER NOT NULL,        -- made on this tablet
  confirmed   INTEGER NOT NULL,        -- an entry of this tablet names it
  safe        INTEGER NOT NULL,        -- 0 here only, 1 at a hub, 2 at the centre
  receipt     BLOB NOT NULL,           -- the centre's, signed
  received_ms INTEGER NOT NULL,        -- when the centre said that it has it
  upload      TEXT NOT NULL,           -- where an unfinished upload goes on
  original    TEXT NOT NULL,           -- the file that it was made from, which stays here
  trouble     TEXT NOT NULL            -- message key: why it can't be sent or fetched
) STRICT, WITHOUT ROWID;
CREATE INDEX file_unsent ON file (size, name) WHERE safe = 0 AND held >= 2 AND confirmed >= own;
CREATE INDEX file_wanted ON file (name) WHERE (wanted & ~held) <> 0;
CREATE INDEX file_settled ON file (received_ms) WHERE own = 1 AND safe = 2 AND held >= 2;
