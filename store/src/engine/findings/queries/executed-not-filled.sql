SELECT 'decision' AS kind, d.id::text AS id, d."timestamp", o.id AS order_id, o.status
FROM public.trade_audit d
JOIN public.orders o ON o.id = d.execution_order_id
WHERE d.is_executed
  AND (o.status IN ('failed', 'cancelled')
    OR (o.status IN ('pending', 'submitted') OR (o.status = 'partial' AND o.filled_at IS NULL))
      AND o.created_at < now() - interval '15 minutes')
ORDER BY 3, 2;
