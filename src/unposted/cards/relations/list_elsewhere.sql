-- Where else the lines of a list are known: at an order outside the window, a store's account or company, in Dataverse, or
-- only in the customer master.
-- columns: line INTEGER, place VARCHAR
WITH outside AS (
    SELECT v.email_key, v.order_id, v.name, CASE WHEN v.created_at > :window_end THEN 'later_order' ELSE 'earlier_order' END AS place
    FROM order_version AS v
    WHERE v.source_id IN (:sources)
      AND (v.created_at < :window_start OR v.created_at > :window_end)
      AND CASE WHEN v.source_id IN (:unsynced_sources) THEN v.version = 1
               ELSE v.known_from <= :as_of AND v.known_to > :as_of END
)
SELECT l.line, o.place FROM list_key AS l JOIN outside AS o ON o.email_key = l.value WHERE l.kind = 'email'
UNION
SELECT l.line, o.place FROM list_key AS l JOIN outside AS o ON lower(o.order_id) = l.value WHERE l.kind = 'order'
UNION
SELECT l.line, o.place FROM list_key AS l JOIN outside AS o ON replace(lower(o.name), '#', '') = l.value WHERE l.kind = 'order'
UNION
SELECT l.line, 'account' FROM list_key AS l JOIN known_customer_key AS k ON k.kind = l.kind AND k.value = l.value
UNION
SELECT l.line, 'account'
FROM list_key AS l
JOIN known_customer AS c ON lower(c.customer_id) = l.value
WHERE l.kind = 'external_id'
UNION
SELECT l.line, 'company' FROM list_key AS l JOIN known_company_key AS k ON k.kind = l.kind AND k.value = l.value
UNION
SELECT l.line, 'company'
FROM list_key AS l
JOIN known_company AS c ON lower(c.company_id) = l.value
WHERE l.kind = 'external_id'
UNION
SELECT l.line, 'dataverse' FROM list_key AS l JOIN known_staged_key AS k ON k.kind = l.kind AND k.value = l.value
UNION
SELECT l.line, 'master' FROM list_key AS l JOIN known_master_key AS k ON k.kind = l.kind AND k.value = l.value
UNION
SELECT l.line, 'master'
FROM list_key AS l
JOIN known_master AS m ON lower(m.account) = l.value AND (l.entity IS NULL OR l.entity = m.entity)
WHERE l.kind = 'account'
UNION
SELECT l.line, 'account' FROM list_key AS l JOIN known_customer AS c ON lower(trim(c.name)) = l.value WHERE l.kind = 'name'
UNION
SELECT l.line, 'company' FROM list_key AS l JOIN known_company AS c ON lower(trim(c.name)) = l.value WHERE l.kind = 'name'
UNION
SELECT l.line, 'dataverse' FROM list_key AS l JOIN known_staged AS s ON lower(trim(s.name)) = l.value WHERE l.kind = 'name'
UNION
SELECT l.line, 'master' FROM list_key AS l JOIN known_master AS m ON lower(trim(m.name)) = l.value WHERE l.kind = 'name'
