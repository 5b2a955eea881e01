-- The entities that hold a record of the party.
-- columns: party INTEGER, entity VARCHAR
SELECT DISTINCT party, entity FROM party_match
