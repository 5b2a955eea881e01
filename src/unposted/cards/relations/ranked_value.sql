-- The absent parties in the order of what is blocked: highest value first, unknown values last.
-- `label` names a party outside of the store without telling who it is.
-- columns: rank BIGINT, label VARCHAR, is_company BOOLEAN, party INTEGER, orders BIGINT, first_order_at TIMESTAMP,
--   last_order_at TIMESTAMP, age_days INTEGER, blocked BIGINT, blocked_net BIGINT
SELECT
    row_number() OVER (ORDER BY blocked DESC NULLS LAST, orders DESC, first_order_at, label) AS rank, *
FROM (
    SELECT (CASE WHEN p.is_company THEN 'c-' ELSE 'p-' END) || substr(sha256(p.key), 1, 16) AS label, p.is_company, v.*
    FROM blocked_value AS v
    JOIN open_party AS p ON p.party = v.party
)
