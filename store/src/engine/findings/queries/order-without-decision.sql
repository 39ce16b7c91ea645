WITH @{event},
trade AS (
  SELECT id, "timestamp", event_type, user_id, lower(details->>'algorithm_id') AS algorithm,
    CASE event_type WHEN 'ALGORITHM_SIGNAL' THEN details->'signal'->>'coin_type'
      ELSE details->>'coin' END AS coin,
    lower(CASE event_type WHEN 'ALGORITHM_SIGNAL' THEN details->'signal'->>'action'
      ELSE details->>'side' END) AS side
  FROM event WHERE event_type IN ('ALGORITHM_SIGNAL', 'TRADE_APPROVED')
),
looked_at AS (
  SELECT o.id, o.created_at,
    EXISTS (SELECT FROM trade t WHERE t.event_type = 'TRADE_APPROVED'
      AND t."timestamp" BETWEEN o.created_at - interval '10 seconds' AND o.created_at
      AND (t.user_id, t.coin, t.side) = (o.user_id, o.coin_type, lower(o.side))
      AND t.algorithm IS NOT DISTINCT FROM o.algorithm_id::text) AS is_approved,
    EXISTS (SELECT FROM trade t WHERE t.event_type = 'ALGORITHM_SIGNAL'
      AND t."timestamp" BETWEEN o.created_at - interval '20 seconds' AND o.created_at
      AND (t.user_id, t.coin, t.side) = (o.user_id, o.coin_type, lower(o.side))
      AND t.algorithm IS NOT DISTINCT FROM o.algorithm_id::text) AS is_signalled,
    EXISTS (SELECT FROM public.trade_audit d WHERE d.execution_order_id = o.id) AS is_decided
  FROM public.orders o
  WHERE o.created_at < now() - interval '10 seconds'
)
SELECT 'order' AS kind, id::text AS id, created_at AS "timestamp", is_approved, is_signalled, is_decided
FROM looked_at
WHERE NOT is_approved OR NOT (is_signalled OR is_decided)
ORDER BY 3, 2;
