WITH @{event},
every_row AS (
  SELECT 'decision' AS kind, id::text AS id, "timestamp", confidence_score AS confidence
  FROM public.trade_audit
  UNION ALL
  SELECT 'signal', id::text, generated_at, strength FROM public.signal
  UNION ALL
  -- A number too large to be read is out of range, whatever it is.
  SELECT 'event', id::text, "timestamp",
    coalesce(@{confidence}, 'Infinity')
  FROM event
  WHERE event_type = 'ALGORITHM_SIGNAL' AND json_typeof(details->'signal'->'confidence') = 'number'
)
SELECT * FROM every_row
WHERE confidence NOT BETWEEN 0 AND 1
ORDER BY 3, 2;
