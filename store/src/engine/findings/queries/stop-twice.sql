@{switch},
activation AS (
  SELECT id, "timestamp", mechanism, was_on, is_mirror,
    lag("timestamp") OVER before AS last_at, lag(is_mirror) OVER before AS last_is_mirror
  FROM switch WHERE stops
  WINDOW before AS (PARTITION BY mechanism ORDER BY "timestamp", id)
)
SELECT 'event' AS kind, id::text AS id, "timestamp", mechanism
FROM activation
WHERE was_on
  -- The second row of an activation of the emergency stop mirrors the first.
  AND NOT (is_mirror AND NOT last_is_mirror AND "timestamp" <= last_at + interval '5 seconds')
ORDER BY 3, 2;
