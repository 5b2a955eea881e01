-- What is blocked for each absent party in each order currency.
-- columns: party INTEGER, currencies VARCHAR[], currency_values BIGINT[]
WITH total AS (
    SELECT party, currency, sum(value) AS value FROM blocked_order GROUP BY party, currency
)
SELECT
    party, list_transform(amounts, lambda a: a.currency) AS currencies,
    list_transform(amounts, lambda a: a.units) AS currency_values
FROM (
    SELECT party, list_sort(list({'currency': currency, 'units': CAST(value AS BIGINT)})) AS amounts
    FROM total
    GROUP BY party
)
