SELECT kind, id, "timestamp"
FROM (
  SELECT 'decision' AS kind, id::text AS id, "timestamp" FROM public.trade_audit
  UNION ALL SELECT 'event', id::text, "timestamp" FROM public.audit_log
  UNION ALL SELECT 'order', id::text, created_at FROM public.orders
  UNION ALL SELECT 'signal', id::text, generated_at FROM public.signal
) every_row
WHERE "timestamp" > now() + interval '1 minute'
ORDER BY 3, 2;
