@{stops}
SELECT passed.kind, passed.id, passed."timestamp",
  string_agg(stops.mechanism || ', episode ' || stops.episode, ' and ' ORDER BY stops.mechanism) AS while_on
FROM (
  SELECT 'event' AS kind, id::text AS id, "timestamp" FROM public.audit_log
  WHERE event_type = 'TRADE_APPROVED'
  UNION ALL
  SELECT 'order', id::text, created_at FROM public.orders
) passed
JOIN stops ON passed."timestamp" >= stops.activated_at AND passed."timestamp" < stops.cleared_at
GROUP BY 1, 2, 3
ORDER BY 3, 2;
