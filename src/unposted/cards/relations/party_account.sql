-- The storefront accounts of each open person: those that ordered, and those in any store that show one of the addresses.
-- columns: party INTEGER, source_id SMALLINT, customer_id VARCHAR
SELECT party, source_id, customer_id FROM party_order WHERE company_id IS NULL AND customer_id IS NOT NULL
UNION
SELECT e.party, k.source_id, k.customer_id
FROM party_email AS e
JOIN open_party AS p ON p.party = e.party AND p.is_person
JOIN known_customer_key AS k ON k.kind = 'email' AND k.value = e.email
