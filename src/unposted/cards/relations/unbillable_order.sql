-- The active orders of present parties that no record can bill: every record that their entity holds (any entity, when
-- none is expected) is blocked, one-time, or the catch-all customer of the order's own store.
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR, entity VARCHAR, account VARCHAR, flaw VARCHAR, words VARCHAR
WITH suspect AS (
    SELECT party FROM present_record WHERE flaw IS NOT NULL
    UNION
    SELECT r.party
    FROM present_record AS r
    JOIN default_customer AS d ON d.account = lower(r.account)
),
candidate AS (
    SELECT DISTINCT
        o.party, o.source_id, o.order_id, o.entity AS expected, r.entity, r.account,
        CASE WHEN d.account IS NOT NULL THEN 'default_customer' ELSE r.flaw END AS flaw,
        CASE WHEN d.account IS NOT NULL THEN 'catch-all customer of the store' ELSE r.words END AS words
    FROM suspect AS s
    JOIN party_order AS o ON o.party = s.party
    JOIN present_record AS r ON r.party = o.party AND (r.entity = o.entity OR o.entity IS NULL)
    LEFT JOIN default_customer AS d
        ON d.source_id = o.source_id AND d.account = lower(r.account) AND (d.entity IS NULL OR d.entity = r.entity)
),
lacking AS (
    SELECT source_id, order_id, coalesce(expected, '') AS expected
    FROM candidate
    GROUP BY source_id, order_id, coalesce(expected, '')
    HAVING count(*) = count(flaw)
)
SELECT DISTINCT c.party, c.source_id, c.order_id, c.entity, c.account, c.flaw, c.words
FROM candidate AS c
JOIN lacking AS l ON l.source_id = c.source_id AND l.order_id = c.order_id AND l.expected = coalesce(c.expected, '')
