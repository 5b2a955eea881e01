-- inline
-- The stored forms that each value of a party may meet, of every kind of key, in the field map or not (see party_probe).
SELECT
    party, kind,
    CASE WHEN kind = 'tax_id' AND value LIKE '~%' THEN substr(value, 2) ELSE value END AS value
FROM party_value
UNION ALL
SELECT party, kind, '~' || value FROM party_value WHERE kind = 'tax_id' AND value NOT LIKE '~%'
