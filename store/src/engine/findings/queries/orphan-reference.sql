WITH @{event},
named AS (
  SELECT 'algorithm' AS kind, lower(substr(agent_id, 6)) AS id, "timestamp", 'decision ' || id AS by_row
  FROM public.trade_audit
  WHERE agent_id ~* '^algo:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  UNION ALL
  SELECT 'algorithm', algorithm_id::text, created_at, 'order ' || id FROM public.orders
  UNION ALL
  SELECT 'algorithm', details->>'algorithm_id', "timestamp", 'event ' || id
  FROM event
  WHERE event_type IN ('ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED')
    AND json_typeof(details->'algorithm_id') = 'string'
  UNION ALL
  SELECT 'order', execution_order_id::text, "timestamp", 'decision ' || id
  FROM public.trade_audit WHERE NOT is_executed
)
SELECT DISTINCT ON (kind, named.id) kind, named.id, named."timestamp", named.by_row
FROM named
LEFT JOIN public.algorithms a ON kind = 'algorithm' AND a.id::text = lower(named.id)
LEFT JOIN public.orders o ON kind = 'order' AND o.id::text = named.id
WHERE named.id IS NOT NULL AND a.id IS NULL AND o.id IS NULL
ORDER BY kind, named.id, named."timestamp", named.by_row;
