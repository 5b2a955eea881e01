-- What joins companies of different stores: explicit external ids and tax ids, of the company or of its orders.
-- columns: source_id SMALLINT, company_id VARCHAR, kind VARCHAR, value VARCHAR
SELECT source_id, company_id, kind, value
FROM known_company_key
WHERE kind IN ('external_id', 'tax_id')
UNION
SELECT o.source_id, o.company_id, k.kind, k.value
FROM known_order_key AS k
JOIN active_order AS o ON o.source_id = k.source_id AND o.order_id = k.order_id
WHERE o.company_id IS NOT NULL AND k.kind IN ('external_id', 'tax_id')
