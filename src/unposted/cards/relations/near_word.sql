-- How many master records have a word of an absent party's name in theirs: a rare word says more than a common one.
-- columns: word VARCHAR, records BIGINT
SELECT p.word, coalesce(m.records, 0) AS records
FROM (SELECT DISTINCT word FROM near_party_word) AS p
LEFT JOIN (
    SELECT n.word, count(*) AS records
    FROM (SELECT unnest(list_distinct(words)) AS word FROM near_master_name) AS n
    WHERE EXISTS (SELECT 1 FROM near_party_word AS w WHERE w.word = n.word)
    GROUP BY n.word
) AS m ON m.word = p.word
