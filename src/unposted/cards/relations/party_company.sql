-- The storefront companies that make up each open company party, with or without orders of their own.
-- columns: party INTEGER, source_id SMALLINT, company_id VARCHAR
SELECT party, source_id, company_id FROM party_order WHERE company_id IS NOT NULL
UNION
SELECT p.party, c.source_id, c.company_id
FROM known_company AS c
JOIN company_root AS r ON r.company = c.source_id || '|' || c.company_id
JOIN open_party AS p ON p.key = 'company|' || r.root
