-- A disk may turn a bit of a row, which SQLite does not see: the short hash of `seq` and
-- `value`, looked at whenever the row is read. NULL: a row from before there was one.
ALTER TABLE trace ADD COLUMN hash INTEGER;
