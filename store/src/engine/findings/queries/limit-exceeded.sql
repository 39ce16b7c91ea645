WITH @{event},
approval AS (
  SELECT id, "timestamp", user_id, lower(details->>'algorithm_id') AS algorithm,
    @{trade_value} AS value
  FROM event
  WHERE event_type = 'TRADE_APPROVED' AND lower(coalesce(details->>'side', '')) <> 'sell'
),
rule AS (
  SELECT name, created_at, @{value} AS value
  FROM public.risk_rule WHERE is_active AND rule_type = 'max_position_size'
),
max_limit AS (
  SELECT 'rule ' || name AS name, @{max_value} AS amount,
    NULL::uuid AS user_id, NULL::uuid AS algorithm_id, created_at AS since, 'infinity'::timestamptz AS until
  FROM rule
  UNION ALL
  SELECT 'deployment ' || id, position_limit, user_id, algorithm_id, coalesce(activated_at, created_at),
    CASE WHEN is_active THEN 'infinity' ELSE coalesce(deactivated_at, updated_at) END
  FROM public.deployed_algorithms
  UNION ALL
  SELECT 'algorithm ' || name, default_position_limit, NULL, id, created_at, 'infinity'
  FROM public.algorithms
)
SELECT 'event' AS kind, a.id::text AS id, a."timestamp", a.value,
  string_agg(l.name || ' (' || l.amount || ')', ', ' ORDER BY l.name) AS passes
FROM approval a
JOIN max_limit l ON a.value > l.amount
  AND a."timestamp" >= l.since AND a."timestamp" < l.until
  AND (l.user_id IS NULL OR l.user_id = a.user_id)
  AND (l.algorithm_id IS NULL OR l.algorithm_id::text = a.algorithm)
GROUP BY a.id, a."timestamp", a.value
ORDER BY 3, 2;
