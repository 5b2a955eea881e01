-- The rate of each currency on each day of the window: the best source that has one, its latest day up to then.
-- A daily rate serves at most seven days on (weekends, holidays); a rate without a day is fixed.
-- columns: day DATE, currency VARCHAR, factor HUGEINT, origin VARCHAR
WITH candidate AS (
    SELECT
        d.day, c.currency, c.factor, c.origin,
        row_number() OVER (PARTITION BY d.day, c.currency ORDER BY c.rank, c.day DESC) AS place
    FROM window_day AS d
    JOIN fx_candidate AS c
        ON c.day IS NULL OR (c.day <= d.day AND c.good_until >= d.day)
)
SELECT day, currency, factor, origin FROM candidate WHERE place = 1
