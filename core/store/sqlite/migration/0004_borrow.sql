-- Records that lie elsewhere, but to which a record of this region refers: who
-- works in the region gets them, too.
CREATE TABLE borrow (
  kind   TEXT NOT NULL,
  uuid   BLOB NOT NULL,
  region TEXT NOT NULL,
  PRIMARY KEY (kind, uuid, region)
) STRICT, WITHOUT ROWID;

-- 1: the entry made a region refer to a record that lay elsewhere.
ALTER TABLE entry ADD COLUMN lends INTEGER NOT NULL DEFAULT 0;
