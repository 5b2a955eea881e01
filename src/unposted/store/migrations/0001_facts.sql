-- Facts keep their versions: one row a version, known from the instant we learned it until the instant it was replaced.
-- The end of the current version is 9999-12-31. Instants are UTC. Money is minor units of the row's currency.

CREATE TABLE source (
    source_id SMALLINT NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,            -- store | dynamics
    system VARCHAR NOT NULL,          -- shopify | bigcommerce | adobe_commerce | finance_operations | business_central | dataverse
    first_synced_at TIMESTAMP         -- the first completed sync: history begins here
);

CREATE TABLE order_version (
    source_id SMALLINT NOT NULL,
    order_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL,
    updated_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    name VARCHAR NOT NULL,
    signals VARCHAR NOT NULL,         -- what the platform says of its state; domain/status.py maps it
    currency VARCHAR NOT NULL,
    total BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    net BIGINT NOT NULL,
    customer_id VARCHAR,
    company_id VARCHAR,
    company_name VARCHAR,
    buyer_name VARCHAR,
    email VARCHAR,                    -- for people
    email_key VARCHAR,                -- for joins: normalised, no placeholder
    country VARCHAR,
    tags VARCHAR,                     -- |tag|tag|, casefolded
    b2b BOOLEAN NOT NULL,
    replaces VARCHAR
);

-- The order's other identity values; created_at repeats the order's, so that a window reads only its own part.
CREATE TABLE order_key (
    source_id SMALLINT NOT NULL,
    order_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

CREATE TABLE customer_version (
    source_id SMALLINT NOT NULL,
    customer_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL,
    updated_at TIMESTAMP,
    name VARCHAR,
    email VARCHAR,
    b2b BOOLEAN NOT NULL
);

-- nth counts the values of one kind on one record from 1.
CREATE TABLE customer_key (
    source_id SMALLINT NOT NULL,
    customer_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    nth SMALLINT NOT NULL,
    value VARCHAR NOT NULL
);

CREATE TABLE company_version (
    source_id SMALLINT NOT NULL,
    company_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL,
    updated_at TIMESTAMP,
    name VARCHAR,
    email VARCHAR
);

CREATE TABLE company_key (
    source_id SMALLINT NOT NULL,
    company_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    nth SMALLINT NOT NULL,
    value VARCHAR NOT NULL
);

-- Which orders are bought for a company, where the orders do not say so themselves.
CREATE TABLE company_link_version (
    source_id SMALLINT NOT NULL,
    linked_by VARCHAR NOT NULL,       -- order | customer | email
    value VARCHAR NOT NULL,
    company_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL,
    updated_at TIMESTAMP
);

CREATE TABLE master_version (
    source_id SMALLINT NOT NULL,
    entity VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL,
    updated_at TIMESTAMP,
    name VARCHAR,
    is_company BOOLEAN NOT NULL,
    blocked VARCHAR NOT NULL,
    one_time BOOLEAN NOT NULL
);

CREATE TABLE master_key (
    source_id SMALLINT NOT NULL,
    entity VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    nth SMALLINT NOT NULL,
    value VARCHAR NOT NULL
);

CREATE TABLE staged_version (
    source_id SMALLINT NOT NULL,
    kind VARCHAR NOT NULL,            -- account | contact
    record_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    content_hash UHUGEINT NOT NULL,
    updated_at TIMESTAMP,
    name VARCHAR,
    account_number VARCHAR,
    company_code VARCHAR,
    customer_type INTEGER,
    sellable BOOLEAN,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMP
);

CREATE TABLE staged_key (
    source_id SMALLINT NOT NULL,
    staged_kind VARCHAR NOT NULL,
    record_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    nth SMALLINT NOT NULL,
    value VARCHAR NOT NULL
);

-- The distinct signals that orders have ever shown: the status table is applied to these few, not to every order.
CREATE TABLE order_signal (
    source_id SMALLINT NOT NULL,
    signals VARCHAR NOT NULL
);
