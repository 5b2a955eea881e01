-- The legal entities that should bill each active order: override, else tag, else ship-to country, else the store's default.
-- Several rules of the winning rank may disagree: one line each. No rule: one line without an entity.
WITH overridden AS (
    SELECT p.source_id, p.order_id, v.entity FROM order_party AS p JOIN override_party AS v ON v.party = p.party
),
tagged AS (
    SELECT DISTINCT o.source_id, o.order_id, t.entity
    FROM active_order AS o
    JOIN tag_rule AS t ON t.source_id = o.source_id AND position('|' || t.tag || '|' IN o.tags) > 0
    WHERE o.tags IS NOT NULL
),
first_ranks AS (
    SELECT source_id, order_id, entity FROM overridden
    UNION ALL
    SELECT t.source_id, t.order_id, t.entity
    FROM tagged AS t
    WHERE NOT EXISTS (SELECT 1 FROM overridden AS v WHERE v.source_id = t.source_id AND v.order_id = t.order_id)
)
SELECT p.source_id, p.order_id, p.party, p.customer_id, p.company_id, p.email_key, f.entity
FROM first_ranks AS f
JOIN order_party AS p ON p.source_id = f.source_id AND p.order_id = f.order_id
UNION ALL
SELECT p.source_id, p.order_id, p.party, p.customer_id, p.company_id, p.email_key, coalesce(c.entity, s.entity) AS entity
FROM order_party AS p
JOIN store AS s ON s.source_id = p.source_id
LEFT JOIN country_rule AS c ON c.source_id = p.source_id AND c.country = p.country
WHERE NOT EXISTS (SELECT 1 FROM first_ranks AS f WHERE f.source_id = p.source_id AND f.order_id = p.order_id)
