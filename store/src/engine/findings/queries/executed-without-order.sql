SELECT 'decision' AS kind, d.id::text AS id, d."timestamp", d.execution_order_id
FROM public.trade_audit d
LEFT JOIN public.orders o ON o.id = d.execution_order_id
WHERE d.is_executed AND o.id IS NULL
  AND d."timestamp" < now() - interval '10 seconds'
ORDER BY 3, 2;
