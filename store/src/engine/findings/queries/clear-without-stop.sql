@{switch}
SELECT 'event' AS kind, id::text AS id, "timestamp", mechanism
FROM switch
WHERE NOT stops AND NOT was_on
ORDER BY 3, 2;
