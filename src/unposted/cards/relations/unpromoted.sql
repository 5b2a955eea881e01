-- Dataverse records that no master record stands for: no account number, or none of that number in the company
-- that the record names (in any company when it names none).
-- columns: source_id SMALLINT, kind VARCHAR, record_id VARCHAR
SELECT s.source_id, s.kind, s.record_id
FROM known_staged AS s
WHERE s.account_number IS NULL OR NOT EXISTS (
    SELECT 1
    FROM known_master AS m
    WHERE lower(m.account) = lower(s.account_number) AND (s.company_code IS NULL OR m.entity = s.company_code)
)
