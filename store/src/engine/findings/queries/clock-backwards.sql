-- xmin is the transaction that wrote the row last; age() counts how many there have been since.
SELECT 'event' AS kind, e.id::text AS id, e."timestamp", e.event_type, e.xmin
FROM public.audit_log e
WHERE EXISTS (SELECT FROM public.audit_log later
  WHERE later."timestamp" > e."timestamp" + interval '5 seconds'
    AND later."timestamp" <= e."timestamp" + interval '20 seconds'
    AND age(later.xmin) > age(e.xmin))
ORDER BY 3, 2;
