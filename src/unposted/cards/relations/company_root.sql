-- The company that stands for all that are joined to it.
-- columns: company VARCHAR, root VARCHAR
WITH RECURSIVE reached AS (
    SELECT company, company AS label FROM company_edge
    UNION
    SELECT e.other, r.label FROM reached AS r JOIN company_edge AS e ON e.company = r.company WHERE r.label < e.other
)
SELECT company, min(label) AS root FROM reached GROUP BY company
