-- What a caller calls a run, in clear, so that it can be found: each label as a line, name=value, between line breaks.

ALTER TABLE runs ADD COLUMN display_name TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN labels TEXT NOT NULL DEFAULT '';
