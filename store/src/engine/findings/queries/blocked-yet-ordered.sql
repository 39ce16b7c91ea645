SELECT 'decision' AS kind, id::text AS id, "timestamp", block_reason, execution_order_id, is_executed
FROM public.trade_audit
WHERE block_reason IS NOT NULL AND (execution_order_id IS NOT NULL OR is_executed)
ORDER BY 3, 2;
