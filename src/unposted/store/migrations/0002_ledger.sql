-- What was read, when, and what came of it.

CREATE TABLE file_read (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    path VARCHAR NOT NULL,            -- relative to the workspace file where it can be
    size BIGINT NOT NULL,
    modified_ns BIGINT NOT NULL,
    content_hash VARCHAR NOT NULL,    -- of the bytes
    settings_hash VARCHAR NOT NULL,   -- of the settings that shape the records
    format_name VARCHAR NOT NULL
);

CREATE TABLE stream_state (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    records BIGINT NOT NULL,          -- current facts
    newest TIMESTAMP,                 -- the newest time that a record itself shows
    read_at TIMESTAMP NOT NULL
);

CREATE TABLE quarantine (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    line BIGINT NOT NULL,
    record_id VARCHAR,
    code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    seen_at TIMESTAMP NOT NULL
);

CREATE TABLE sync_run (
    run_id BIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    fetched BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    quarantined BIGINT NOT NULL
);
