-- Absent parties that show a company, a tax id, a B2B group or a B2B tag on any of their orders or accounts.
SELECT party FROM absent_value WHERE kind = 'tax_id'
UNION
SELECT party FROM absent_account WHERE b2b
UNION
SELECT party FROM absent_party WHERE party LIKE 'company|%'
