-- Tunes, their tags, and the books that they were read from. Times are milliseconds since 1970, UTC.

CREATE TABLE books (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    read_at INTEGER NOT NULL
);

CREATE TABLE tunes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a number is never given twice
    text TEXT NOT NULL,
    digest BLOB NOT NULL,                  -- of the text without X: lines and blanks at line ends
    title TEXT NOT NULL,
    sort_title TEXT NOT NULL,
    rhythm TEXT NOT NULL,
    meter TEXT NOT NULL,
    key TEXT NOT NULL,
    provenance TEXT NOT NULL,              -- JSON, an object
    book INTEGER REFERENCES books (id),
    kept_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    deleted_at INTEGER                     -- a tune that was deleted is removed some weeks later
);

CREATE INDEX tunes_by_digest ON tunes (digest);
CREATE INDEX tunes_by_deletion ON tunes (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX tunes_by_title ON tunes (sort_title, id) WHERE deleted_at IS NULL;
CREATE INDEX tunes_by_time ON tunes (kept_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tunes_by_rhythm ON tunes (rhythm, sort_title, id) WHERE deleted_at IS NULL;
CREATE INDEX tunes_by_key ON tunes (key, sort_title, id) WHERE deleted_at IS NULL;
CREATE INDEX tunes_by_meter ON tunes (meter, sort_title, id) WHERE deleted_at IS NULL;
CREATE INDEX tunes_by_book ON tunes (book) WHERE book IS NOT NULL;

CREATE TABLE tags (
    tune INTEGER NOT NULL REFERENCES tunes (id) ON DELETE CASCADE,
    name TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (tune, name)
) WITHOUT ROWID;

CREATE INDEX tags_by_name ON tags (name, tune);
