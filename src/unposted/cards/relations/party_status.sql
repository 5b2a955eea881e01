-- Every join status that applies to an absent party.
-- columns: party INTEGER, is_awaiting_sync BOOLEAN, is_in_dataverse BOOLEAN, is_near_match BOOLEAN, is_other_entity
--   BOOLEAN, is_no_key BOOLEAN, is_conflict BOOLEAN, exists_in VARCHAR[], match_evidence VARCHAR, near_evidence
--   VARCHAR
SELECT
    v.party,
    v.first_order_at > :awaiting_from AS is_awaiting_sync,
    d.party IS NOT NULL AS is_in_dataverse,
    n.party IS NOT NULL AS is_near_match,
    e.party IS NOT NULL AS is_other_entity,
    k.party IS NULL AS is_no_key,
    coalesce(e.is_conflict, FALSE) AS is_conflict,
    e.exists_in, e.evidence AS match_evidence, n.evidence AS near_evidence
FROM blocked_value AS v
LEFT JOIN party_in_dataverse AS d ON d.party = v.party
LEFT JOIN party_near AS n ON n.party = v.party
LEFT JOIN party_elsewhere AS e ON e.party = v.party
LEFT JOIN has_key AS k ON k.party = v.party
