-- What the whole worklist blocks in each order currency.
-- columns: currency VARCHAR, amount HUGEINT
SELECT currency, sum(amount) AS amount
FROM (SELECT unnest(currencies) AS currency, unnest(currency_values) AS amount FROM worklist)
GROUP BY currency
