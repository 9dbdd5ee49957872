-- Sets: tunes in the order in which they are played. A tune may stand in a set more than once.

CREATE TABLE sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    deleted_at INTEGER
);

CREATE TABLE set_tunes (
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    tune INTEGER NOT NULL REFERENCES tunes (id) ON DELETE CASCADE,
    PRIMARY KEY (set_id, place)
) WITHOUT ROWID;

CREATE INDEX set_tunes_by_tune ON set_tunes (tune);
