-- One address to stand for each account of account_email: the first in the alphabet.
SELECT source_id, customer_id, min(email) AS email FROM account_email GROUP BY source_id, customer_id
