-- All active orders of the parties still to be judged, with the entities they expect.
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR, customer_id VARCHAR, company_id VARCHAR, email_key
--   VARCHAR, entity VARCHAR
SELECT p.party, o.source_id, o.order_id, o.customer_id, o.company_id, o.email_key, o.entity
FROM order_entity AS o
JOIN open_party AS p ON p.key = o.party
