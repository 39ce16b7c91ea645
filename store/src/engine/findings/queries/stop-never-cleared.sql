@{stops}
SELECT 'event' AS kind, episode::text AS id, activated_at AS "timestamp", mechanism
FROM stops
WHERE cleared_at = 'infinity'
ORDER BY 3, 2;
