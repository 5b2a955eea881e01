-- Pairs of companies that share a value; a tax id without a country also meets those that show one (`~`).
-- columns: company VARCHAR, other VARCHAR
WITH token AS (
    SELECT source_id || '|' || company_id AS company, kind, value FROM company_token
),
first_company AS (
    SELECT kind, value, min(company) AS company FROM token WHERE value NOT LIKE '~%' GROUP BY kind, value
),
pair AS (
    SELECT f.company AS first_company, t.company AS other_company
    FROM token AS t
    JOIN first_company AS f ON f.kind = t.kind AND f.value = t.value
    UNION
    SELECT f.company, t.company
    FROM token AS t
    JOIN first_company AS f ON f.kind = t.kind AND t.value = '~' || f.value
)
SELECT first_company AS company, other_company AS other FROM pair WHERE first_company <> other_company
UNION
SELECT other_company, first_company FROM pair WHERE first_company <> other_company
