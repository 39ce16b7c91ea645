WITH @{event},
signal AS (
  SELECT id, "timestamp", user_id, lower(details->>'algorithm_id') AS algorithm,
    details->'signal'->>'coin_type' AS coin, lower(details->'signal'->>'action') AS side
  FROM event WHERE event_type = 'ALGORITHM_SIGNAL' AND json_typeof(details) = 'object'
),
verdict AS (
  SELECT "timestamp", user_id, lower(details->>'algorithm_id') AS algorithm,
    details->>'coin' AS coin, lower(details->>'side') AS side
  FROM event WHERE event_type IN ('TRADE_APPROVED', 'TRADE_REJECTED')
)
SELECT 'event' AS kind, s.id::text AS id, s."timestamp", s.side, s.coin
FROM signal s
WHERE s."timestamp" < now() - interval '10 seconds'
  AND coalesce(s.side, '') NOT IN ('hold', 'neutral')
  AND NOT EXISTS (SELECT FROM verdict v
    WHERE v."timestamp" BETWEEN s."timestamp" AND s."timestamp" + interval '10 seconds'
      AND (v.coin, v.side) = (s.coin, s.side)
      AND v.user_id IS NOT DISTINCT FROM s.user_id
      AND v.algorithm IS NOT DISTINCT FROM s.algorithm)
ORDER BY 3, 2;
