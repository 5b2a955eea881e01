-- Orders and account records that show different addresses (or of which only one shows any).
-- (BETWEEN leaves one key to join by: only then does the scan itself skip most of what cannot meet it.)
-- columns: source_id SMALLINT, customer_id VARCHAR, email_key VARCHAR, account_email VARCHAR
SELECT o.source_id, o.customer_id, o.email_key, k.value AS account_email
FROM active_order AS o
LEFT JOIN known_customer_key AS k
    ON k.customer_id = o.customer_id AND k.source_id BETWEEN o.source_id AND o.source_id AND k.kind = 'email'
WHERE o.customer_id IS NOT NULL AND o.company_id IS NULL AND k.value IS DISTINCT FROM o.email_key
