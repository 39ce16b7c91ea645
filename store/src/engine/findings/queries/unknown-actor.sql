WITH @{event},
named AS (
  SELECT user_id::text AS id, "timestamp", 'event ' || id AS by_row FROM public.audit_log
  UNION ALL
  SELECT details->>key, "timestamp", 'event ' || event.id
  FROM event, (VALUES ('user_id'), ('triggered_by')) AS keys (key)
  WHERE event_type IN ('ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED',
      'EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED', 'kill_switch_toggle')
    AND json_typeof(details->key) = 'string'
  UNION ALL
  SELECT user_id::text, created_at, 'order ' || id FROM public.orders
)
SELECT DISTINCT ON (named.id) 'user' AS kind, named.id, named."timestamp", named.by_row
FROM named
LEFT JOIN public."user" u ON u.id::text = lower(named.id)
WHERE named.id <> 'system' AND u.id IS NULL
ORDER BY named.id, named."timestamp", named.by_row;
