-- What lookup holds of a record stands with the record as well, so that it can be
-- taken out by its own key. The index by record that served for that was as large
-- as the table, and every record that came in wrote three rows of it.
ALTER TABLE record ADD COLUMN keys TEXT NOT NULL DEFAULT '';  -- fields and values, a JSON object; '' for none
UPDATE record SET keys = (
  SELECT json_group_object(substr(field, length(record.kind) + 2), value) FROM lookup WHERE record = record.id
) WHERE lookups <> 0;
DROP INDEX lookup_record;
ALTER TABLE record DROP COLUMN lookups;
