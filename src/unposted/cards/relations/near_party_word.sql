-- The words of the names of absent parties, in the plain form that names are compared in.
-- columns: party INTEGER, name VARCHAR, word VARCHAR
SELECT DISTINCT n.party, n.name, w.word
FROM near_name AS n, unnest(string_split(trim(regexp_replace(
    replace(replace(replace(replace(
        translate(replace(strip_accents(lower(n.name)), 'ß', 'ss'), 'øłđðþıæœ''’.&', 'olddtiao'),
    'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'ph', 'f'),
'[^\p{L}\p{N}]+', ' ', 'g')), ' ')) AS w(word)
WHERE w.word <> '' AND NOT EXISTS (SELECT 1 FROM legal_word AS l WHERE l.word = w.word)
