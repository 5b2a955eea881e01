-- Accounts with more than one e-mail address among their record and their orders: all the addresses of each.
-- (An account whose record and orders show one and the same address needs no line here.)
-- columns: source_id SMALLINT, customer_id VARCHAR, email VARCHAR
SELECT source_id, customer_id, email_key AS email FROM account_mismatch WHERE email_key IS NOT NULL
UNION
SELECT source_id, customer_id, account_email FROM account_mismatch WHERE account_email IS NOT NULL
UNION
SELECT k.source_id, k.customer_id, k.value
FROM account_several_emails AS s
JOIN known_customer_key AS k ON k.source_id = s.source_id AND k.customer_id = s.customer_id AND k.kind = 'email'
UNION
SELECT o.source_id, o.customer_id, e.email
FROM order_other_email AS e
JOIN active_order AS o ON o.source_id = e.source_id AND o.order_id = e.order_id
WHERE o.customer_id IS NOT NULL AND o.company_id IS NULL
