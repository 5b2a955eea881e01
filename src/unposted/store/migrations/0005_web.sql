-- What people do in the web: who they are, what they signed in with, what they noted, and the log of it all.
-- Instants are UTC. Secrets are kept as hashes only.

CREATE TABLE web_person (
    person_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,            -- what they sign in with, as they wrote it
    role VARCHAR NOT NULL,            -- owner | finance | operations | marketing | engineering
    password_hash VARCHAR,            -- argon2id; null: signs in another way
    subject VARCHAR,                  -- the identity provider's own id
    created_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);

CREATE TABLE web_session (
    token_hash VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);

-- Links that work once: the first owner's, and the demo's.
CREATE TABLE web_link (
    token_hash VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,         -- welcome | enter
    person_id VARCHAR,
    made_at TIMESTAMP NOT NULL,
    good_until TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);

CREATE TABLE web_token (
    token_id VARCHAR NOT NULL,
    token_hash VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,           -- read | write | feed
    created_at TIMESTAMP NOT NULL,
    good_until TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);

CREATE TABLE web_view (
    view_id VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    shared BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- What people decided about a party; one line a card and party, the log holds what it was before.
CREATE TABLE party_work (
    card VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    owner VARCHAR,
    due DATE,
    state VARCHAR NOT NULL,           -- open | in_progress | waiting | done | dismissed
    reason VARCHAR,
    changed_at TIMESTAMP NOT NULL,
    changed_by VARCHAR NOT NULL
);

CREATE TABLE party_note (
    note_id VARCHAR NOT NULL,
    card VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    written_by VARCHAR NOT NULL,
    ended_at TIMESTAMP
);

-- Each line's hash covers the line and the hash before it: a line that is changed or missing shows.
CREATE TABLE audit_line (
    number BIGINT NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    person_id VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,          -- JSON
    hash VARCHAR NOT NULL
);

-- What this store keeps to itself: the key that pseudonyms are made with.
CREATE TABLE web_secret (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
