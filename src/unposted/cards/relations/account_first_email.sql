-- One address to stand for each account of account_email: the first in the alphabet.
-- columns: source_id SMALLINT, customer_id VARCHAR, email VARCHAR
SELECT source_id, customer_id, min(email) AS email FROM account_email GROUP BY source_id, customer_id
