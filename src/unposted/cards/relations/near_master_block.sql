-- The master records in the blocks that an absent party could look in.
-- columns: kind VARCHAR, value VARCHAR, entity VARCHAR, account VARCHAR
WITH address AS (
    SELECT
        entity, account, split_part(value, '@', -1) AS domain,
        replace(split_part(split_part(value, '@', 1), '+', 1), '.', '') AS mailbox
    FROM known_master_key
    WHERE kind = 'email'
),
place AS (
    SELECT
        entity, account, replace(replace(replace(replace(split_part(value, '|', 1),
        'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'ph', 'f') AS name,
        split_part(value, '|', 2) AS postcode, split_part(value, '|', 3) AS number
    FROM known_master_key
    WHERE kind = 'name_address'
),
member AS (
    SELECT
        'email' AS kind, mailbox || '@' || CASE WHEN domain = 'googlemail.com' THEN 'gmail.com' ELSE domain END AS value,
        entity, account
    FROM address
    UNION ALL
    SELECT 'mailbox', mailbox, entity, account FROM address WHERE length(mailbox) >= 6
    UNION ALL
    SELECT 'domain', domain, entity, account FROM address
    UNION ALL
    SELECT kind, value, entity, account FROM known_master_key WHERE kind IN ('phone', 'birth')
    UNION ALL
    SELECT 'place', postcode || '|' || number, entity, account FROM place
    UNION ALL
    SELECT 'postcode and word', postcode || '|' || unnest(string_split(name, ' ')), entity, account FROM place
    UNION ALL
    SELECT 'tax', ltrim(value, '~ABCDEFGHIJKLMNOPQRSTUVWXYZ'), entity, account FROM known_master_key WHERE kind = 'tax_id'
    UNION ALL
    SELECT
        'name', array_to_string(list_sort(list_distinct(list_filter(n.words, lambda w: NOT list_contains(l.words, w)))), ' '),
        n.entity, n.account
    FROM near_master_name AS n
    CROSS JOIN (SELECT list(word) AS words FROM legal_word) AS l
    UNION ALL
    SELECT 'word', unnest(words), entity, account FROM near_master_name
    UNION ALL
    SELECT 'city and word', k.value || '|' || unnest(n.words), k.entity, k.account
    FROM known_master_key AS k
    JOIN near_master_name AS n ON n.entity = k.entity AND n.account = k.account
    WHERE k.kind = 'city'
)
SELECT DISTINCT m.kind, m.value, m.entity, m.account
FROM member AS m
WHERE EXISTS (SELECT 1 FROM near_party_block AS p WHERE p.kind = m.kind AND p.value = m.value)
