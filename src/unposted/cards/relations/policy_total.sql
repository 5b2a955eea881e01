-- The headline under each set of keys.
-- columns: key_set INTEGER, parties BIGINT, blocked HUGEINT, unknown_rate_rows BIGINT
SELECT key_set, count(*) AS parties, sum(blocked) AS blocked, count(*) - count(blocked) AS unknown_rate_rows
FROM policy_party
GROUP BY key_set
