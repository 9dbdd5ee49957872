-- Search by words and by notes. Rows are made from the tunes' texts, and made anew if the way of making them changes.

ALTER TABLE tunes ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;  -- by which way; 0: not yet

CREATE INDEX tunes_by_indexed ON tunes (indexed);

CREATE VIRTUAL TABLE words USING fts5 (title, others, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

-- A character for each interval from note to note.
CREATE VIRTUAL TABLE melodies USING fts5 (intervals, tokenize = 'trigram case_sensitive 1');

-- A byte for each note: its MIDI number.
CREATE TABLE pitches (
    tune INTEGER PRIMARY KEY REFERENCES tunes (id) ON DELETE CASCADE,
    notes BLOB NOT NULL
);

-- The rows of a tune that is removed go with it.
CREATE TRIGGER removed_tunes AFTER DELETE ON tunes BEGIN
    DELETE FROM words WHERE rowid = old.id;
    DELETE FROM melodies WHERE rowid = old.id;
END;
