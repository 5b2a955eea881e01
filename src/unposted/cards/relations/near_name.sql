-- What an absent party is called anywhere: by its accounts, its companies and its orders (a person's buyers are itself).
-- columns: party INTEGER, name VARCHAR
WITH called AS (
    SELECT party, name FROM absent_account
    UNION ALL
    SELECT party, name FROM absent_company
    UNION ALL
    SELECT party, company_name FROM absent_order
    UNION ALL
    SELECT o.party, o.buyer_name
    FROM absent_order AS o
    JOIN open_party AS p ON p.party = o.party
    WHERE NOT p.is_company
)
SELECT DISTINCT party, left(name, 200) AS name FROM called WHERE name IS NOT NULL AND name <> ''
