// A download holds exactly the rows that paging through the screen shows, in the same order.
import type { Locator, Page } from '@playwright/test';
import { parseCsv } from './support/csv';
import { download } from './support/download';
import { walk } from './support/lists';
import { expect, test } from './support/test';

// Each matches several pages of rows in the tests' history, except the few episodes.
const EXPORTS = [
  {
    view: 'trades',
    query: 'asset=BTC&decision=BUY&limit=50',
    header:
      'id,timestamp,agent_id,asset,decision,confidence_score,price_at_decision,is_executed,' +
      'block_reason,reason,execution_order_id,order_status,order_side,order_quantity,' +
      'order_filled_quantity,order_price,order_filled_at',
  },
  {
    view: 'trades',
    query: 'asset=!BTC&decision=SELL&min_confidence=0.5&order=oldest&limit=200',
    header: undefined,
  },
  {
    view: 'signals',
    query: 'coin=BTC&limit=300',
    header:
      'id,timestamp,origin,algorithm_id,algorithm_name,coin,action,quantity,confidence,price,' +
      'source,details',
  },
  {
    view: 'events',
    query: 'type=TRADE_REJECTED&limit=100',
    header: 'id,timestamp,event_type,severity,user_id,user_email,details',
  },
  {
    view: 'kill-switch',
    query: 'limit=5',
    header:
      'id,mechanism,activated_at,activated_by,cleared_at,cleared_by,duration_seconds,rejections,' +
      'leaked_approvals,leaked_orders,review_status,reviewed_by,reviewed_at',
  },
];

function mainLink(page: Page, name: RegExp): Locator {
  return page.getByRole('main').getByRole('link', { name }).first();
}

// Walking many pages takes longer than looking at one.
test.describe.configure({ timeout: 120_000 });

for (const { view, query, header } of EXPORTS) {
  test(`${view}?${query}`, async ({ page }) => {
    await page.goto(`/${view}?${query}`);
    const csv = await download(mainLink(page, /CSV/));
    const jsonl = await download(mainLink(page, /JSON/));
    expect(csv.name).toMatch(new RegExp(`${view}.*\\.csv$`));
    expect(jsonl.name).toMatch(new RegExp(`${view}.*\\.jsonl$`));

    const [columns, ...records] = parseCsv(csv.text);
    if (header !== undefined) {
      expect(columns?.join(',')).toBe(header);
    }
    expect(records.every((record) => record.length === columns?.length)).toBe(true);
    const inCsv = records.map((record) => record[0]);
    const inJson = jsonl.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => String((JSON.parse(line) as { id: unknown }).id));

    const onScreen = await walk(page, view);
    expect(onScreen.length).toBeGreaterThan(0);
    expect(new Set(onScreen).size).toBe(onScreen.length);
    expect(inCsv).toEqual(onScreen);
    expect(inJson).toEqual(onScreen);
  });
}
