-- The blocks that both sides share, with how many master records each holds.
-- columns: kind VARCHAR, value VARCHAR, records BIGINT
SELECT kind, value, count(*) AS records FROM near_master_block GROUP BY kind, value
