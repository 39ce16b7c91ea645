WITH @{event},
last_event AS (
  SELECT "timestamp",
    CASE event_type WHEN 'EMERGENCY_STOP_ACTIVATED' THEN true WHEN 'EMERGENCY_STOP_CLEARED' THEN false
      ELSE details->>'active' = 'true' END AS stops
  FROM event
  WHERE event_type IN ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED')
    OR event_type = 'kill_switch_toggle' AND json_typeof(details->'active') = 'boolean'
  ORDER BY "timestamp" DESC, id DESC LIMIT 1
),
setting AS (
  SELECT updated_at, value->>'active' = 'true' AS active
  FROM (SELECT updated_at, @{value} AS value FROM public.system_setting WHERE key = 'kill_switch') stored
  WHERE json_typeof(value->'active') = 'boolean'
)
SELECT 'setting' AS kind, 'kill_switch' AS id,
  greatest(setting.updated_at, last_event."timestamp") AS "timestamp",
  setting.active AS setting_says, last_event.stops AS last_event_says
FROM setting, last_event
WHERE setting.active <> last_event.stops;
