-- Accounts whose own record shows more than one address.
SELECT source_id, customer_id FROM known_customer_key WHERE kind = 'email' AND nth > 1
