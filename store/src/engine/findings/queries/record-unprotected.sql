-- In the database of schema audit_console, which may be another one than the engine's.
WITH record AS (
  SELECT oid, relname, relacl, relowner FROM pg_catalog.pg_class
  WHERE relnamespace = to_regnamespace('audit_console') AND relkind = 'r'
    AND relname IN ('role_change', 'login_attempt', 'kill_switch_review', 'finding_note',
      'episode_identity', 'account_link')
)
SELECT 'record' AS subject_kind, relname AS subject_id, now() AS "timestamp",
  'trigger ' || tgname || ' is off' AS what
FROM record JOIN pg_catalog.pg_trigger ON tgrelid = record.oid
WHERE NOT tgisinternal AND tgenabled NOT IN ('O', 'A')
UNION ALL
SELECT 'record', relname, now(), coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC') || ' has ' || privilege_type
FROM record CROSS JOIN LATERAL aclexplode(relacl)
WHERE grantee <> relowner AND privilege_type NOT IN ('SELECT', 'INSERT')
ORDER BY 2, 4
