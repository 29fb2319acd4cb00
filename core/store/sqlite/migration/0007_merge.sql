-- Records that give way to another one. keeper is the row of the record that
-- stands for them; null while the merge does not hold, because the other is not
-- here, is deleted, or an earlier merge runs the other way (opposed). A record
-- with a keeper has 2 in the column deleted, so that lists leave it out.
CREATE TABLE merge (
  kind     TEXT NOT NULL,
  uuid     BLOB NOT NULL,
  record   INTEGER NOT NULL,
  into_id  BLOB NOT NULL,
  position INTEGER NOT NULL,
  at_ms    INTEGER NOT NULL,
  opposed  INTEGER NOT NULL DEFAULT 0,
  keeper   INTEGER,
  PRIMARY KEY (kind, uuid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX merge_record ON merge (record);
CREATE INDEX merge_into ON merge (kind, into_id);
CREATE INDEX merge_keeper ON merge (keeper) WHERE keeper IS NOT NULL;
