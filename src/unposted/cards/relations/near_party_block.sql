-- What an absent party could share with a master record that is it under another key: each line is one block to look in.
-- columns: party INTEGER, kind VARCHAR, value VARCHAR
WITH address AS (
    SELECT party, fold, split_part(fold, '@', 1) AS mailbox, split_part(fold, '@', -1) AS domain
    FROM (SELECT party, value AS fold FROM near_value WHERE kind = 'email_folded')
),
place AS (
    SELECT
        party, split_part(value, '|', 1) AS name, split_part(value, '|', 2) AS postcode, split_part(value, '|', 3) AS number
    FROM absent_value
    WHERE kind = 'name_address'
),
bare AS (
    SELECT DISTINCT party, ltrim(value, '~ABCDEFGHIJKLMNOPQRSTUVWXYZ') AS number
    FROM absent_value
    WHERE kind = 'tax_id'
)
SELECT party, 'email' AS kind, fold AS value FROM address
UNION
SELECT party, 'mailbox', mailbox
FROM address
WHERE length(mailbox) >= 6 AND NOT EXISTS (SELECT 1 FROM shared_mailbox AS s WHERE s.mailbox = address.mailbox)
UNION
SELECT party, 'domain', domain
FROM address
WHERE NOT EXISTS (SELECT 1 FROM free_domain AS f WHERE f.domain = address.domain)
UNION
SELECT party, kind, value FROM absent_value WHERE kind IN ('phone', 'birth')
UNION
SELECT party, 'place', postcode || '|' || number FROM place
UNION
SELECT p.party, 'postcode and word', p.postcode || '|' || w.word
FROM place AS p
JOIN near_party_word AS w ON w.party = p.party
UNION
SELECT v.party, 'city and word', v.value || '|' || w.word
FROM absent_value AS v
JOIN near_party_word AS w ON w.party = v.party
WHERE v.kind = 'city'
UNION
SELECT party, 'tax', number FROM bare WHERE length(number) >= 7
UNION  -- two neighbouring digits swapped
SELECT
    b.party, 'tax', substr(b.number, 1, i.place - 1) || substr(b.number, i.place + 1, 1) || substr(b.number, i.place, 1)
    || substr(b.number, i.place + 2)
FROM bare AS b
JOIN near_place AS i ON i.place < length(b.number)
WHERE length(b.number) BETWEEN 7 AND 20
UNION  -- one digit wrong
SELECT b.party, 'tax', substr(b.number, 1, i.place - 1) || d.digit || substr(b.number, i.place + 1)
FROM bare AS b
JOIN near_place AS i ON i.place <= length(b.number)
JOIN near_digit AS d ON TRUE
WHERE length(b.number) BETWEEN 7 AND 20
UNION
SELECT party, 'name', string_agg(word, ' ' ORDER BY word) FROM near_party_word GROUP BY party, name
UNION
SELECT w.party, 'word', w.word
FROM near_party_word AS w
JOIN near_word AS n ON n.word = w.word
WHERE n.records BETWEEN 1 AND 20
