// The dossier of an episode, and the calendar of all episodes: counts, tables and downloads agree.
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { parseCsv } from './support/csv';
import { download } from './support/download';
import { episodes, fullest } from './support/episodes';
import { follow, rowIds } from './support/lists';
import { openDossier } from './support/review';
import { expect, test } from './support/test';

const LEAK = 'mechanism=toggle&leaks=yes&state=closed';

/** Opens the dossier of the closed episode with the most leaks and rejections. */
async function openLeak(page: Page, request: APIRequestContext) {
  const episode = await fullest(request, LEAK);
  await openDossier(page, episode.id);
  return episode;
}

/** The rows of a CSV, by column. */
function byColumn(text: string): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(text);
  return records.map((record) =>
    Object.fromEntries(header.map((column, place) => [column, record[place] ?? ''])),
  );
}

/** The count in the heading of the timeline table. */
async function momentsSaid(page: Page): Promise<number> {
  const heading = await page.locator('#moments-title').textContent();
  return Number(heading?.match(/\d+/)?.[0]);
}

/** How often each value of that column occurs. */
function tally(records: Record<string, string>[], column: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of records) {
    const value = record[column] ?? '';
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

/** Follows a zoom link of the drawing. Clicks above the lanes, because marks cover the rest of the link. */
async function zoomInto(page: Page, column: Locator): Promise<void> {
  const address = (await column.getAttribute('href')) ?? '';
  await column.click({ position: { x: 10, y: 5 } });
  await expect(page).toHaveURL(address);
}

test('answer, figures, tables and downloads agree on the leaks', async ({ page, request }) => {
  const episode = await openLeak(page, request);
  const { leaked_approvals: approvals, leaked_orders: orders } = episode;
  await expect(page.locator('.banner')).toContainText('Trading went on.');
  await expect(page.locator('.banner')).toContainText(`${approvals} approvals given and ${orders}`);
  const figures = page.locator('.dossier > .figures');
  await expect(figures).toContainText(`${approvals} · ${orders}`);
  await expect(figures).toContainText(episode.cleared_by ?? 'no one');

  const leaks = byColumn((await download(page.getByRole('link', { name: '↓ Leaks CSV' }))).text);
  expect(tally(leaks, 'kind')).toEqual({ approved: approvals, order_created: orders });
  const words = page.locator('.t-leaks tbody .c-kind');
  await expect(words).toHaveText(
    leaks.map(({ kind }) => (kind === 'approved' ? 'Approval' : 'Order')),
  );

  const timeline = byColumn(
    (await download(page.getByRole('link', { name: '↓ Timeline CSV' }))).text,
  );
  expect(timeline.length).toBe(await momentsSaid(page));
  await expect(page.locator('.t-timeline tbody tr')).toHaveCount(timeline.length);
  const inside = tally(
    timeline.filter((moment) => moment['inside'] === 'true'),
    'kind',
  );
  expect(inside['approved']).toBe(approvals);
  expect(inside['order_created']).toBe(orders);
});

test('the timeline zooms by links and comes back', async ({ page, request }) => {
  await openLeak(page, request);
  const whole = await momentsSaid(page);
  const address = page.url();
  const columns = page.getByRole('navigation', { name: 'Zoom into a part' }).getByRole('link');
  await expect(columns).toHaveCount(12);

  // Each moment is in one part.
  const parts: string[] = await columns.evaluateAll((found) =>
    found.map((link) => (link as HTMLAnchorElement).href),
  );
  const counts: number[] = [];
  for (const part of parts) {
    await page.goto(part);
    counts.push(await momentsSaid(page));
    await expect(page.locator('.t-timeline tbody tr')).toHaveCount(counts.at(-1) ?? 0);
  }
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(whole);
  const fullestPart = counts.indexOf(Math.max(...counts));

  await page.goto(address);
  await zoomInto(page, columns.nth(fullestPart));
  await expect(page).toHaveURL(/\?from=[^&]+&to=[^&#]+#timeline$/);
  expect(await momentsSaid(page)).toBe(counts[fullestPart]);
  await expect(page.locator('#timeline svg[class]').first()).toBeVisible();

  // And on: deeper, then wider, then the whole.
  const links = page.getByRole('navigation', { name: 'Span of the timeline' });
  await zoomInto(page, columns.nth(6));
  expect(await momentsSaid(page)).toBeLessThanOrEqual(counts[fullestPart] ?? 0);
  await follow(page, links.getByRole('link', { name: 'Wider' }));
  await follow(page, links.getByRole('link', { name: 'Around the activation' }));
  await follow(page, links.getByRole('link', { name: 'Whole episode' }));
  await expect(page).toHaveURL(`${address}#timeline`);
  expect(await momentsSaid(page)).toBe(whole);
});

test('a day of the calendar leads to its stops', async ({ page, request }) => {
  const all = await episodes(request);
  await page.goto('/kill-switch');
  const days = page.locator('.calendar a:not([aria-hidden])');
  const told: { href: string; stops: number }[] = [];
  for (const day of await days.all()) {
    const label = (await day.getAttribute('aria-label')) ?? '';
    const stops = Number(label.match(/: (\d+) stops?$/)?.[1]);
    told.push({ href: (await day.getAttribute('href')) ?? '', stops });
  }
  expect(told.reduce((sum, { stops }) => sum + stops, 0)).toBe(all.length);

  await days.last().click();
  await expect(page).toHaveURL(/\/kill-switch\?from=(\d{4}-\d\d-\d\d)&to=\1&tz=[^&]+$/);
  for (const { href, stops } of told) {
    await page.goto(href);
    expect(await rowIds(page, 'kill-switch'), href).toHaveLength(stops);
  }
});
