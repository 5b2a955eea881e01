-- What the card said and by which definition, and who stood on its list from when to when.
-- Instants are UTC. A party is named by its label alone, which tells nothing of who it is.

-- The workspace's counting part as text (never secrets, paths or addresses), and rates of a file, each stored once.
CREATE TABLE definition (
    content_hash VARCHAR NOT NULL,
    content VARCHAR NOT NULL
);

-- One line a reading that was taken of its own instant, or for several on end that said the same.
CREATE TABLE reading (
    card VARCHAR NOT NULL,
    window_text VARCHAR NOT NULL,
    as_of TIMESTAMP NOT NULL,
    until TIMESTAMP NOT NULL,         -- the last one that said the same
    definition VARCHAR NOT NULL,      -- content_hash
    rates VARCHAR,                    -- content_hash; null: the workspace names no file of rates
    value BIGINT NOT NULL,
    blocked BIGINT,
    unknown_rate_rows BIGINT NOT NULL
);

-- One line a stay on the list of the card's own window.
CREATE TABLE membership (
    card VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL,    -- the first reading with it
    left_at TIMESTAMP NOT NULL,       -- the first one without it; 9999-12-31 while it stays
    last_order_at TIMESTAMP NOT NULL, -- of its blocked orders, when it was last there
    store VARCHAR NOT NULL,           -- the buckets of the splits, as it entered
    segment VARCHAR NOT NULL,
    entity VARCHAR NOT NULL,
    cleared BOOLEAN NOT NULL          -- it left while its last order was in the window and the definition stayed
);

-- Since when a source is counted: the first reading that it could have been in.
CREATE TABLE source_counted (
    source_id SMALLINT NOT NULL,
    counted_from TIMESTAMP NOT NULL
);

-- What stream_state said earlier.
CREATE TABLE stream_past (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    records BIGINT NOT NULL,
    newest TIMESTAMP,
    read_at TIMESTAMP NOT NULL
);
INSERT INTO stream_past SELECT source_id, stream, records, newest, read_at FROM stream_state;

-- How many records were in quarantine, from when to when; those still there are in `quarantine`.
CREATE TABLE quarantine_past (
    source_id SMALLINT NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    released_at TIMESTAMP NOT NULL,
    records BIGINT NOT NULL
);
