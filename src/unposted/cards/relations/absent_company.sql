-- The storefront company records of absent companies.
-- columns: party INTEGER, source_id SMALLINT, company_id VARCHAR, name VARCHAR, email VARCHAR
SELECT p.party, c.source_id, c.company_id, c.name, c.email
FROM absent_party AS a
JOIN party_company AS p ON p.party = a.party
JOIN known_company AS c ON c.source_id = p.source_id AND c.company_id = p.company_id
