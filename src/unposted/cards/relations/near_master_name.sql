-- The words of the names of the master records, in the plain form that names are compared in.
-- columns: entity VARCHAR, account VARCHAR, words VARCHAR[]
SELECT
    m.entity, m.account,
    string_split(trim(regexp_replace(
        replace(replace(replace(replace(
            translate(replace(strip_accents(lower(left(m.name, 200))), 'ß', 'ss'), 'øłđðþıæœ''’.&', 'olddtiao'),
        'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'ph', 'f'),
    '[^\p{L}\p{N}]+', ' ', 'g')), ' ') AS words
FROM known_master AS m
WHERE m.name IS NOT NULL
