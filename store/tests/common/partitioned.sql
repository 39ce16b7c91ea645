-- The engine's two large tables partitioned by month, those of audit_log each in two by its id, with the engine's own
-- indexes. A partition for what lies beyond the months holds infinite times, too.
DO $$
DECLARE
  large text;
  month timestamptz;
  partition text;
  definition text;
BEGIN
  FOREACH large IN ARRAY ARRAY['trade_audit', 'audit_log'] LOOP
    EXECUTE format('ALTER TABLE %I RENAME TO plain', large);
    EXECUTE format('CREATE TABLE %I (LIKE plain INCLUDING DEFAULTS, PRIMARY KEY (id, "timestamp")) '
      'PARTITION BY RANGE ("timestamp")', large);
    FOR month IN SELECT generate_series('2026-08-01', '2026-12-01', interval '1 month') LOOP
      partition := format('%s_%s', large, to_char(month, 'YYYY_MM'));
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', partition, large, month,
        month + interval '1 month') || CASE large WHEN 'audit_log' THEN ' PARTITION BY HASH (id)' ELSE '' END;
      IF large = 'audit_log' THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 2, REMAINDER 0)', partition || '_a', partition);
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 2, REMAINDER 1)', partition || '_b', partition);
      END IF;
    END LOOP;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', large || '_rest', large);
    EXECUTE format('INSERT INTO %I SELECT * FROM plain', large);
    FOR definition IN SELECT indexdef FROM pg_indexes WHERE tablename = 'plain' AND indexdef NOT LIKE '%UNIQUE%' LOOP
      EXECUTE regexp_replace(definition, 'INDEX \S+ ON \S+', format('INDEX ON public.%I', large));
    END LOOP;
    DROP TABLE plain;
  END LOOP;
END $$;
ANALYZE
