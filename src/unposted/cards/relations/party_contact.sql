-- The addresses and ids of an absent party, as lists for people: placeholders are shown, half-forms of tax ids are not.
-- columns: party INTEGER, emails VARCHAR[], tax_ids VARCHAR[], external_ids VARCHAR[]
WITH shown AS (
    SELECT party, kind, value FROM absent_value WHERE kind IN ('email', 'external_id', 'tax_id') AND value NOT LIKE '~%'
    UNION
    SELECT party, 'email', email FROM absent_order WHERE email IS NOT NULL
    UNION
    SELECT party, 'email', email FROM absent_account WHERE email IS NOT NULL
    UNION
    SELECT party, 'email', email FROM absent_company WHERE email IS NOT NULL
    UNION
    SELECT party, 'email', email FROM absent_buyer WHERE email IS NOT NULL
)
SELECT
    party,
    list_sort(list(value) FILTER (kind = 'email')) AS emails,
    list_sort(list(value) FILTER (kind = 'tax_id')) AS tax_ids,
    list_sort(list(value) FILTER (kind = 'external_id')) AS external_ids
FROM shown
GROUP BY party
