-- The worklist in the order of what is blocked: highest value first, unknown values last.
SELECT row_number() OVER (ORDER BY blocked DESC NULLS LAST, orders DESC, first_order_at, party) AS rank, *
FROM worklist
ORDER BY rank
