-- What an absent party is looked for by when no key hits: its folded addresses, phone numbers, name with address,
-- and its tax ids without their country.
-- columns: party INTEGER, kind VARCHAR, value VARCHAR, reason VARCHAR
WITH folded AS (
    SELECT
        party, value,
        replace(split_part(split_part(value, '@', 1), '+', 1), '.', '') || '@'
        || CASE WHEN value LIKE '%@googlemail.com' THEN 'gmail.com' ELSE split_part(value, '@', -1) END AS fold
    FROM absent_value
    WHERE kind = 'email'
),
bare AS (
    SELECT party, ltrim(value, '~ABCDEFGHIJKLMNOPQRSTUVWXYZ') AS number FROM absent_value WHERE kind = 'tax_id'
)
SELECT party, 'email' AS kind, fold AS value, 'e-mail without dots and tags' AS reason
FROM folded
WHERE fold <> value OR NOT EXISTS (SELECT 1 FROM match_key WHERE kind = 'email')  -- equal ones are matches, not near
UNION
SELECT party, 'email_folded', fold, 'e-mail without dots and tags' FROM folded
UNION
SELECT party, kind, value, CASE WHEN kind = 'phone' THEN 'phone' ELSE 'name and address' END
FROM absent_value
WHERE kind IN ('phone', 'name_address')
UNION
SELECT b.party, 'tax_id', f.prefix || b.number, 'tax id without its country'
FROM bare AS b
JOIN (VALUES (''), ('~'), ('~U')) AS f(prefix) ON TRUE  -- Austria's numbers begin with a U of their own
WHERE length(b.number) >= 7
