-- What live sources give beside orders, customers and master records, and how far each of their streams was read.

CREATE TABLE legal_entity_version (
    source_id SMALLINT NOT NULL, entity VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    name VARCHAR, currency VARCHAR
);

CREATE TABLE document_version (
    source_id SMALLINT NOT NULL, entity VARCHAR NOT NULL, kind VARCHAR NOT NULL, document_id VARCHAR NOT NULL,
    version INTEGER NOT NULL, known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    number VARCHAR,
    external_number VARCHAR,          -- the storefront's order number or id, as somebody wrote it
    order_number VARCHAR, account VARCHAR, currency VARCHAR,
    total BIGINT, net BIGINT,         -- minor units, null where the ERP does not show them
    day DATE, status VARCHAR NOT NULL, is_posted BOOLEAN NOT NULL
);

CREATE TABLE ledger_entry_version (
    source_id SMALLINT NOT NULL, entity VARCHAR NOT NULL, entry_id VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    account VARCHAR NOT NULL, day DATE NOT NULL, currency VARCHAR NOT NULL,
    amount BIGINT NOT NULL,           -- debit less credit, minor units
    document_number VARCHAR
);

CREATE TABLE exchange_rate_version (
    source_id SMALLINT NOT NULL, entity VARCHAR NOT NULL, currency VARCHAR NOT NULL, to_currency VARCHAR NOT NULL,
    day DATE NOT NULL, version INTEGER NOT NULL, known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    rate VARCHAR NOT NULL,            -- a plain decimal: no engine rounds it
    until DATE
);

CREATE TABLE flow_version (
    source_id SMALLINT NOT NULL, flow_id VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    name VARCHAR, state VARCHAR NOT NULL
);

CREATE TABLE flow_run_version (
    source_id SMALLINT NOT NULL, run_id VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    flow_id VARCHAR NOT NULL, status VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP,
    error_code VARCHAR, error_message VARCHAR
);

CREATE TABLE flow_gap_version (
    source_id SMALLINT NOT NULL, event_id VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    code VARCHAR NOT NULL, happened_at TIMESTAMP NOT NULL
);

CREATE TABLE job_run_version (
    source_id SMALLINT NOT NULL, entity VARCHAR NOT NULL, run_id VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    job VARCHAR NOT NULL, status VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP,
    error_message VARCHAR
);

CREATE TABLE stock_item_version (
    source_id SMALLINT NOT NULL, entity VARCHAR NOT NULL, number VARCHAR NOT NULL, version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL, known_to TIMESTAMP NOT NULL, content_hash UHUGEINT NOT NULL, updated_at TIMESTAMP,
    name VARCHAR, is_blocked BOOLEAN NOT NULL
);

-- How far a stream was read (domain/cursor.py), written in the transaction that stores what was read.
CREATE TABLE stream_cursor (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    cursor VARCHAR NOT NULL
);

-- The ids met so far in the reading of a whole list: what is known and not met by its end has ended.
CREATE TABLE list_seen (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    record_id VARCHAR NOT NULL
);

-- Ids that the source itself did not know when it was asked: they are not asked for again at every run.
CREATE TABLE unknown_id (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    record_id VARCHAR NOT NULL
);

-- One line a stream and run of a live sync.
ALTER TABLE sync_run ADD COLUMN ended_at TIMESTAMP;
ALTER TABLE sync_run ADD COLUMN gone BIGINT;          -- facts that ended
ALTER TABLE sync_run ADD COLUMN pages BIGINT;
ALTER TABLE sync_run ADD COLUMN calls BIGINT;
ALTER TABLE sync_run ADD COLUMN outcome VARCHAR;      -- done | stopped | failed
ALTER TABLE sync_run ADD COLUMN remark VARCHAR;       -- what a person should know: nothing came, the list shrank …

-- What the webhooks said, until it was looked after.
CREATE TABLE hint (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    record_id VARCHAR,
    delivery VARCHAR NOT NULL,        -- the source's own id of the delivery: a repeated one is the same
    received_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP
);

-- What the last recount of each stream and day found.
CREATE TABLE recount (
    source_id SMALLINT NOT NULL,
    stream VARCHAR NOT NULL,
    day DATE,                         -- of creation, UTC; null for a whole list
    compared BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    stale BIGINT NOT NULL,
    incorrect BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    checked_at TIMESTAMP NOT NULL
);
