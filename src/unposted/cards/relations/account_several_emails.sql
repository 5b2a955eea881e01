-- Accounts whose own record shows more than one address.
-- columns: source_id SMALLINT, customer_id VARCHAR
SELECT source_id, customer_id FROM known_customer_key WHERE kind = 'email' AND nth > 1
