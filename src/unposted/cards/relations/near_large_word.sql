-- The words in the names of the master records of large blocks: what divides such a block into small ones.
-- columns: kind VARCHAR, value VARCHAR, entity VARCHAR, account VARCHAR, word VARCHAR
WITH large AS (
    SELECT m.kind, m.value, m.entity, m.account
    FROM near_master_block AS m
    JOIN near_block AS b ON b.kind = m.kind AND b.value = m.value
    WHERE b.records > 50 AND b.kind <> 'name'
)
SELECT l.kind, l.value, l.entity, l.account, n.word
FROM (SELECT entity, account, unnest(list_distinct(words)) AS word FROM near_master_name) AS n
JOIN large AS l ON l.entity = n.entity AND l.account = n.account
WHERE EXISTS (SELECT 1 FROM near_party_word AS w WHERE w.word = n.word)
