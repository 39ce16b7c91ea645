WITH @{event},
written (types, path, wanted) AS (VALUES
  ('{ALGORITHM_SIGNAL,TRADE_APPROVED,TRADE_REJECTED}'::text[], '{algorithm_id}'::text[], 'text'),
  ('{ALGORITHM_SIGNAL}', '{signal}', 'object'),
  ('{ALGORITHM_SIGNAL}', '{signal,action}', 'text'),
  ('{ALGORITHM_SIGNAL}', '{signal,coin_type}', 'text'),
  ('{ALGORITHM_SIGNAL}', '{signal,quantity}', 'decimal'),
  ('{ALGORITHM_SIGNAL}', '{signal,confidence}', 'number'),
  ('{ALGORITHM_SIGNAL}', '{market_data_snapshot}', 'object'),
  ('{ALGORITHM_SIGNAL}', '{market_data_snapshot,price}', 'decimal'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{user_id}', 'text'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{coin}', 'text'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{side}', 'text'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{reason}', 'text'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{quantity}', 'decimal'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{estimated_price}', 'decimal'),
  ('{TRADE_APPROVED,TRADE_REJECTED}', '{trade_value}', 'decimal'),
  ('{EMERGENCY_STOP_ACTIVATED,EMERGENCY_STOP_CLEARED,kill_switch_toggle}', '{status}', 'text'),
  ('{EMERGENCY_STOP_ACTIVATED,EMERGENCY_STOP_CLEARED,kill_switch_toggle}', '{triggered_by}', 'text'),
  ('{EMERGENCY_STOP_ACTIVATED,EMERGENCY_STOP_CLEARED,kill_switch_toggle}', '{source}', 'text')
)
SELECT 'event' AS kind, e.id::text AS id, e."timestamp", e.event_type, raw.details
FROM event e
JOIN public.audit_log raw ON raw.id = e.id
WHERE CASE
  -- What PostgreSQL cannot take apart counts for events of every type.
  WHEN raw.details IS NOT NULL AND e.details IS NULL THEN true
  WHEN e.event_type NOT IN ('ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED',
    'EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED', 'kill_switch_toggle') THEN false
  WHEN e.details IS NULL OR json_typeof(e.details) <> 'object' THEN true
  WHEN e.event_type = 'kill_switch_toggle'
    AND json_typeof(e.details->'active') IS DISTINCT FROM 'boolean' THEN true
  ELSE EXISTS (SELECT FROM written w
    WHERE e.event_type = ANY(w.types)
      AND NOT CASE coalesce(json_typeof(e.details #> w.path), 'null')
        WHEN 'null' THEN true
        WHEN 'string' THEN w.wanted = 'text'
          OR w.wanted = 'decimal' AND (e.details #>> w.path) ~* '^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^[-+]?(nan|inf|infinity)$'
        WHEN 'number' THEN w.wanted IN ('number', 'decimal')
        WHEN 'object' THEN w.wanted = 'object'
        ELSE false
      END)
  END
ORDER BY 3, 2;
