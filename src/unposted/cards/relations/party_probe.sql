-- inline
-- The stored forms that each matchable value may meet. A tax id without a country meets those with one (`~`), and back.
SELECT v.party, v.kind, CASE WHEN v.kind = 'tax_id' AND v.value LIKE '~%' THEN substr(v.value, 2) ELSE v.value END AS value
FROM party_value AS v
JOIN match_key AS m ON m.kind = v.kind
UNION ALL
SELECT v.party, v.kind, '~' || v.value
FROM party_value AS v
JOIN match_key AS m ON m.kind = v.kind
WHERE v.kind = 'tax_id' AND v.value NOT LIKE '~%'
