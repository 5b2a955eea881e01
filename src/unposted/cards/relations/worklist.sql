-- One line an absent party: what a person needs to act on it, with its rank.
-- columns: rank BIGINT, party VARCHAR, kind VARCHAR, name VARCHAR, company VARCHAR, segment VARCHAR, stores
--   VARCHAR[], platforms VARCHAR[], emails VARCHAR[], tax_ids VARCHAR[], external_ids VARCHAR[], expected_entities
--   VARCHAR[], missing_entities VARCHAR[], exists_in VARCHAR[], entity_bucket VARCHAR, is_ambiguous BOOLEAN,
--   is_unmapped BOOLEAN, is_awaiting_sync BOOLEAN, is_in_dataverse BOOLEAN, is_near_match BOOLEAN, is_other_entity
--   BOOLEAN, is_no_key BOOLEAN, is_conflict BOOLEAN, status VARCHAR, matched_evidence VARCHAR, currencies VARCHAR[],
--   currency_values BIGINT[], blocked BIGINT, blocked_net BIGINT, orders BIGINT, first_order_at TIMESTAMP,
--   last_order_at TIMESTAMP, age_days INTEGER
SELECT
    v.rank, v.label AS party,
    CASE WHEN v.is_company THEN 'company' ELSE 'person' END AS kind,
    coalesce(n.name, CASE WHEN v.is_company THEN p.company_name ELSE p.buyer_name END,
             c.emails[1], 'Order ' || p.order_name) AS name,
    CASE WHEN v.is_company THEN coalesce(n.name, p.company_name) END AS company,
    CASE WHEN b.party IS NOT NULL OR p.store_is_b2b OR p.order_is_b2b THEN 'b2b' ELSE 'dtc' END AS segment,
    p.stores, p.platforms, c.emails, c.tax_ids, c.external_ids,
    x.expected_entities, x.missing_entities, st.exists_in,
    CASE WHEN x.expected_count > 1 THEN 'ambiguous' ELSE coalesce(x.first_entity, 'unmapped') END AS entity_bucket,
    x.expected_count > 1 AS is_ambiguous, x.is_unmapped,
    st.is_awaiting_sync, st.is_in_dataverse, st.is_near_match, st.is_other_entity, st.is_no_key, st.is_conflict,
    CASE
        WHEN st.is_awaiting_sync THEN 'awaiting_sync'
        WHEN st.is_in_dataverse THEN 'in_dataverse'
        WHEN st.is_near_match THEN 'near_match'
        WHEN st.is_other_entity THEN 'other_entity'
        WHEN st.is_no_key THEN 'no_key'
        ELSE 'no_match'
    END AS status,
    coalesce(st.match_evidence, st.near_evidence) AS matched_evidence,
    y.currencies, y.currency_values, v.blocked, v.blocked_net, v.orders, v.first_order_at, v.last_order_at, v.age_days
FROM ranked_value AS v
JOIN blocked_currency AS y ON y.party = v.party
JOIN party_place AS p ON p.party = v.party
JOIN party_expected AS x ON x.party = v.party
JOIN party_status AS st ON st.party = v.party
LEFT JOIN party_contact AS c ON c.party = v.party
LEFT JOIN party_name AS n ON n.party = v.party
LEFT JOIN party_b2b AS b ON b.party = v.party
