// The panel that shows the progress of downloads, with Cancel and Close. The download links do not change.
import type { Page, Route } from '@playwright/test';
import { download } from './support/download';
import {
  expect,
  expectAccessible,
  expectNoHorizontalScroll,
  keepScreenshot,
  test,
} from './support/test';

/** The panel polls once a second. */
const SOON = { timeout: 15_000 };

const panel = (page: Page) => page.getByRole('region', { name: 'Exports' });
const csv = (page: Page) => page.getByRole('link', { name: 'Download CSV' });

/** The status of an export, as the console answers. */
interface Said {
  state: string;
  place?: number;
  rows?: number;
  estimate?: number;
  headline: string;
  detail: string;
  rest?: string;
  rest_label?: string;
}

/** The default status, for fields that a test does not set. */
const UNSAID = {
  bytes: 0,
  estimate: null,
  message: null,
  place: 0,
  rest: null,
  rest_label: null,
  rows: 0,
  rows_per_second: null,
  seconds: 0,
  seconds_left: null,
};

/** Replaces the console's answers, so that the test controls an export's progress. */
async function say(page: Page, said: () => Said): Promise<string[]> {
  const cancelled: string[] = [];
  const answer = (route: Route) => route.fulfill({ json: { ...UNSAID, ...said() } });
  await page.route('**/api/fn/export_status?*', answer);
  await page.route('**/api/fn/cancel_export', (route: Route) => {
    cancelled.push(route.request().method());
    return answer(route);
  });
  return cancelled;
}

test('a download is followed to its end, and its link does not change', async ({ page }) => {
  await page.goto('/trades?asset=BTC');
  await expect(page.locator('html')).toHaveAttribute('data-islands', '');
  await expect(panel(page)).toBeHidden();
  const address = await csv(page).getAttribute('href');
  const file = await download(csv(page));
  const rows = file.text.split('\r\n').length - 2;
  const told = new RegExp(`^${rows.toLocaleString('en')} rows · .* · `);
  await expect(panel(page).getByText('Export done')).toBeVisible(SOON);
  await expect(panel(page).getByText(told)).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/^Export done\. /);
  expect(await csv(page).getAttribute('href')).toBe(address);
  await expectAccessible(page);
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await expect(panel(page)).toBeHidden();
  await expect(csv(page)).toBeFocused();
});

test('two downloads have different keys and are listed below each other', async ({ page }) => {
  await page.goto('/trades');
  // The browser tells nobody of a download's own address; what is asked about it has the same key.
  const keys = new Set<string>();
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    const key = searchParams.get('key');
    if (pathname === '/api/fn/export_status' && key !== null) {
      keys.add(key);
    }
  });
  await download(csv(page));
  await download(page.getByRole('link', { name: 'Download JSONL' }));
  await expect(panel(page).getByText('Export done')).toHaveCount(2, SOON);
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect([...keys]).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)]);
});

test('the states waiting, running and cancelled are shown, and Cancel calls the console', async ({ page }) => {
  await page.goto('/trades?asset=BTC');
  let now: Said = {
    state: 'waiting',
    place: 3,
    headline: 'Export waits in line, place 3',
    detail: '4 run at once; it begins by itself.',
  };
  const cancelled = await say(page, () => now);
  await download(csv(page));
  const item = panel(page).getByRole('listitem');
  const bar = item.getByRole('progressbar');
  await expect(item).toContainText('place 3', SOON);
  await expect(bar).not.toHaveAttribute('value');
  now = {
    state: 'running',
    rows: 50_000,
    estimate: 200_000,
    headline: 'Exporting: 50,000 of about 200,000',
    detail: '13.8 MB · 45,000 rows/s · about 4 s left',
  };
  await expect(item).toContainText('50,000 of about 200,000', SOON);
  await expect(bar).toHaveAttribute('value', '50000');
  await expect(bar).toHaveAttribute('max', '200000');
  await expectAccessible(page);
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await expect(item.getByRole('button')).toBeInViewport();
    await expectNoHorizontalScroll(page);
  }
  now = {
    state: 'cancelled',
    rows: 60_000,
    headline: 'Export cancelled',
    detail: '60,000 rows were sent; the file is not whole.',
  };
  await item.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(item).toContainText('the file is not whole');
  expect(cancelled).toEqual(['POST']);
  await item.getByRole('button', { name: 'Close' }).press('Enter');
  await expect(panel(page)).toBeHidden();
});

test('an export that was cut off links to the rest, which is followed as well', async ({ page }) => {
  await page.goto('/trades?asset=BTC');
  const cut: Said = {
    state: 'failed',
    rows: 12_345,
    headline: 'Export failed',
    detail: 'The engine needed the table, so the export was ended. The file ends after 12,345 rows.',
    rest: '/trades.csv?asset=BTC',
    rest_label: 'Export the rest',
  };
  await say(page, () => cut);
  await download(csv(page));
  const rest = panel(page).getByRole('link', { name: 'Export the rest' });
  await expect(rest).toBeVisible(SOON);
  await expect(page.getByRole('status')).toHaveText(/^Export failed\. The engine needed the table/);
  await expectAccessible(page);
  await expectNoHorizontalScroll(page);
  await keepScreenshot(page, 'export-cut');
  await download(rest);
  await expect(panel(page).getByRole('listitem')).toHaveCount(2, SOON);
  await expect(rest.first()).toHaveAttribute('href', '/trades.csv?asset=BTC');
});
