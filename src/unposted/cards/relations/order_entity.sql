-- The legal entities that should bill each active order: override, else tag, else ship-to country, else the store's default.
-- Several rules of the winning rank may disagree: one line each. No rule: one line without an entity.
-- columns: source_id SMALLINT, order_id VARCHAR, party VARCHAR, customer_id VARCHAR, company_id VARCHAR, email_key
--   VARCHAR, entity VARCHAR
WITH tagged AS (
    SELECT DISTINCT o.source_id, o.order_id, t.entity
    FROM active_order AS o
    JOIN tag_rule AS t ON t.source_id = o.source_id AND position('|' || t.tag || '|' IN o.tags) > 0
    WHERE o.tags IS NOT NULL
)
SELECT
    p.source_id, p.order_id, p.party, p.customer_id, p.company_id, p.email_key,
    coalesce(v.entity, t.entity, c.entity, s.entity) AS entity
FROM order_party AS p
JOIN store AS s ON s.source_id = p.source_id
LEFT JOIN override_party AS v ON v.party = p.party
LEFT JOIN tagged AS t
    ON t.source_id = p.source_id AND t.order_id = CASE WHEN v.entity IS NULL THEN p.order_id END
LEFT JOIN country_rule AS c
    ON c.source_id = p.source_id AND c.country = CASE WHEN coalesce(v.entity, t.entity) IS NULL THEN p.country END
