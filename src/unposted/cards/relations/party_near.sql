-- Which near key says that an absent party looks like a master record: the first in the alphabet.
-- columns: party INTEGER, evidence VARCHAR
SELECT party, min(reason || ' as in ' || entity || ' (' || account || ')') AS evidence FROM near_hit GROUP BY party
