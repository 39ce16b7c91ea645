-- xmin is the transaction that wrote the row last; age() counts how many there have been since. An event is
-- compared with the eight that follow it by five seconds or more: most of them are older than it is.
SELECT 'event' AS kind, e.id::text AS id, e."timestamp", e.event_type, e.xmin, compared.older, compared.all_of_them
FROM public.audit_log e
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE age(following.xmin) > age(e.xmin)) AS older, count(*) AS all_of_them
  FROM (
    SELECT later.xmin FROM public.audit_log later
    WHERE later."timestamp" > e."timestamp" + interval '5 seconds' AND later."timestamp" <= now()
    ORDER BY later."timestamp", later.id LIMIT 8
  ) AS following
) AS compared
WHERE e."timestamp" <= now() AND 2 * compared.older > compared.all_of_them
ORDER BY 3, 2;
