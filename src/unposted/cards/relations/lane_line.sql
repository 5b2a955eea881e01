-- What stands beside the headline, one line a party: present but unable to bill, and conflicts, each with the records that
-- say so and the value of the party's orders concerned, rounded once, half-even.
-- columns: lane VARCHAR, place BIGINT, party VARCHAR, kind VARCHAR, name VARCHAR, stores VARCHAR[], reasons VARCHAR[],
--   entities VARCHAR[], evidence VARCHAR, blocked BIGINT, orders BIGINT, last_order_at TIMESTAMP
WITH noted AS (
    SELECT DISTINCT 'cannot_bill' AS lane, party, flaw, entity, entity || ' (' || account || '): ' || words AS note
    FROM unbillable_order
    UNION ALL
    SELECT
        'conflicts', party, flaw, entity, entity || ' (' || account || '): '
        || CASE WHEN flaw = 'two_records' THEN 'one of ' || (others + 1) || ' records that its keys hit'
                ELSE 'hit by ' || (others + 1) || ' parties' END
    FROM conflict_record
),
told AS (
    SELECT
        lane, party, list_sort(list_distinct(list(flaw))) AS reasons, list_sort(list_distinct(list(entity))) AS entities,
        string_agg(note, '; ' ORDER BY note) AS evidence
    FROM noted
    GROUP BY lane, party
),
concerned AS (
    SELECT DISTINCT 'cannot_bill' AS lane, party, source_id, order_id FROM unbillable_order
    UNION ALL
    SELECT DISTINCT 'conflicts', o.party, o.source_id, o.order_id
    FROM party_order AS o
    WHERE EXISTS (SELECT 1 FROM conflict_record AS c WHERE c.party = o.party)
),
total AS (
    SELECT
        c.lane, c.party, count(*) AS orders, max(v.created_at) AS last_order_at,
        count(*) - count(v.exact_value) AS unknown_orders, sum(v.exact_value) AS exact_value
    FROM concerned AS c
    JOIN window_value AS v ON v.source_id = c.source_id AND v.order_id = c.order_id
    GROUP BY c.lane, c.party
),
split AS (
    SELECT
        *, abs(exact_value) // 1000000000000000000 AS whole, abs(exact_value) % 1000000000000000000 AS rest
    FROM total
),
line AS (
    SELECT
        s.lane, CASE WHEN p.is_company THEN 'c-' ELSE 'p-' END || substr(sha256(p.key), 1, 16) AS party,
        CASE WHEN p.is_company THEN 'company' ELSE 'person' END AS kind, n.name, n.stores, t.reasons, t.entities,
        t.evidence, s.orders, s.last_order_at,
        CASE WHEN s.unknown_orders = 0 THEN CAST(sign(s.exact_value) * (s.whole + CASE
            WHEN s.rest > 500000000000000000 OR (s.rest = 500000000000000000 AND s.whole % 2 = 1) THEN 1 ELSE 0
        END) AS BIGINT) END AS blocked
    FROM split AS s
    JOIN told AS t ON t.lane = s.lane AND t.party = s.party
    JOIN open_party AS p ON p.party = s.party
    JOIN everyone_name AS n ON n.key = p.key
)
SELECT
    lane, row_number() OVER (PARTITION BY lane ORDER BY blocked DESC NULLS LAST, orders DESC, party) AS place,
    party, kind, name, stores, reasons, entities, evidence, blocked, orders, last_order_at
FROM line
