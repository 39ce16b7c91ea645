// Inserts the episodes that the tests sign, before any other test reads the list. They are in the longest
// period without an episode, because a toggle within an open episode would not be an episode of its own.
import { randomUUID } from 'node:crypto';
import { email, PASSWORD } from './support/accounts';
import { episodes, keepPlanted, nameOf, USES } from './support/episodes';
import { runSql } from './support/sql';
import { expect, test } from './support/test';

/** In the details of every planted event, and the exchange's id of every planted order. */
const MARK = 'end2end';

const UNPLANT = `
  DELETE FROM orders WHERE coinspot_order_id = '${MARK}';
  DELETE FROM audit_log WHERE details::text LIKE '%"${MARK}"%';
`;

interface Planned {
  id: string;
  /** Who activates and clears it. */
  by: string;
}

/** A toggle of twelve minutes each; a trade is approved inside, checked twice, and its order filled. */
function plant(plan: Planned[]): string {
  const rows = plan.map(({ id, by }, place) => `('${id}'::uuid, '${by}', ${place + 1})`);
  return `
    CREATE TEMPORARY TABLE planted ON COMMIT DROP AS
    WITH quiet AS (
      SELECT "timestamp" AS start, lead("timestamp") OVER (ORDER BY "timestamp") - "timestamp" AS long
      FROM audit_log
      WHERE event_type IN ('kill_switch_toggle', 'EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED')
    ), longest AS (
      SELECT * FROM quiet WHERE long IS NOT NULL ORDER BY long DESC LIMIT 1
    )
    SELECT plan.id, person.id AS person, trade.user_id AS trader, trade.algorithm_id AS algorithm,
      start + long * place / ${plan.length + 1} AS at
    FROM (VALUES ${rows.join(', ')}) AS plan (id, email, place)
    JOIN "user" AS person USING (email)
    CROSS JOIN longest
    CROSS JOIN (SELECT user_id, algorithm_id FROM orders WHERE algorithm_id IS NOT NULL LIMIT 1) AS trade;

    INSERT INTO audit_log (id, event_type, severity, details, user_id, "timestamp")
    SELECT id, 'kill_switch_toggle', 'critical', '{"active": true, "by": "${MARK}"}'::json, person, at
    FROM planted
    UNION ALL
    SELECT gen_random_uuid(), 'kill_switch_toggle', 'critical',
      '{"active": false, "by": "${MARK}"}'::json, person, at + interval '12 minutes'
    FROM planted
    UNION ALL
    SELECT gen_random_uuid(), 'TRADE_APPROVED', 'info',
      json_build_object('user_id', trader, 'coin', 'ETH', 'side', 'buy', 'quantity', 0.25,
        'estimated_price', price, 'trade_value', price / 4, 'algorithm_id', algorithm, 'by', '${MARK}'),
      trader, at + after
    FROM planted, (VALUES (4000, interval '180 s'), (4004, interval '180.03 s')) AS checks (price, after);

    INSERT INTO orders (id, user_id, algorithm_id, coin_type, side, order_type, quantity, price,
      filled_quantity, status, coinspot_order_id, created_at, updated_at, submitted_at, filled_at)
    SELECT gen_random_uuid(), trader, algorithm, 'ETH', 'buy', 'market', 1000, 4002, 0.25, 'filled',
      '${MARK}', at + interval '180.01 s', at + interval '183 s', at + interval '180.05 s',
      at + interval '183 s'
    FROM planted;
  `;
}

test('plant the episodes that are signed', async ({ request }) => {
  const form = { email: email('auditor'), password: PASSWORD };
  expect((await request.post('/login', { form, maxRedirects: 0 })).status()).toBe(303);
  const ids = async (): Promise<string[]> => (await episodes(request)).map(({ id }) => id);

  runSql(UNPLANT);
  // The console reads the history again when it counts other rows than before: let it count these, as
  // there may be as many of them in a moment. The engine only ever adds some.
  await ids();
  const planted: Record<string, string> = {};
  const plan: Planned[] = [];
  for (const scripting of [true, false]) {
    for (const use of USES) {
      const id = randomUUID();
      planted[nameOf(use, scripting)] = id;
      // Where two admins sign at once, neither has had a part in it.
      plan.push({ id, by: use === 'two at once' ? 'strategist@demo.local' : email('admin2') });
    }
  }
  runSql(plant(plan));
  keepPlanted(planted);
  expect(await ids()).toEqual(expect.arrayContaining(plan.map(({ id }) => id)));
});
