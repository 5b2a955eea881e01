-- The entities that hold a record of the party.
SELECT DISTINCT party, entity FROM party_match
