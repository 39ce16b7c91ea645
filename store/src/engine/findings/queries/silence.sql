SELECT 'deployment' AS kind, d.id::text AS id, moved.at AS "timestamp", a.name, d.execution_frequency
FROM public.deployed_algorithms d
JOIN public.algorithms a ON a.id = d.algorithm_id
CROSS JOIN LATERAL (
  SELECT greatest(d.created_at, d.activated_at, d.last_executed_at,
    (SELECT max("timestamp") FROM public.trade_audit
      WHERE agent_id = 'algo:' || d.algorithm_id AND "timestamp" <= now())) AS at
) moved
WHERE d.is_active
  AND moved.at < now() - greatest(d.execution_frequency, 1) * 10 * interval '1 second'
ORDER BY 3, 2;
