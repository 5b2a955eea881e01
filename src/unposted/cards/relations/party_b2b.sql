-- Absent parties that show a company, a tax id, a B2B group or a B2B tag on any of their orders or accounts.
-- columns: party INTEGER
SELECT party FROM absent_value WHERE kind = 'tax_id'
UNION
SELECT party FROM absent_account WHERE b2b
UNION
SELECT a.party FROM absent_party AS a JOIN open_party AS p ON p.party = a.party WHERE p.is_company
