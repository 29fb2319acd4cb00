-- Records that lie elsewhere, but to which a record of this region refers: who
-- works in the region gets them, too.
CREATE TABLE borrow (
  kind   TEXT NOT NULL,
  uuid   BLOB NOT NULL,
  region TEXT NOT NULL,
  PRIMARY KEY (kind, uuid, region)
) STRICT, WITHOUT ROWID;
