-- The address that stands for a person with several: the first in the alphabet among all that are joined to it.
-- columns: email VARCHAR, root VARCHAR
WITH RECURSIVE reached AS (
    SELECT email, email AS label FROM email_edge
    UNION
    SELECT e.other, r.label FROM reached AS r JOIN email_edge AS e ON e.email = r.email WHERE r.label < e.other
)
SELECT email, min(label) AS root FROM reached GROUP BY email
