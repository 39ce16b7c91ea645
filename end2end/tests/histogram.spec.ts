// The histogram over a list and the facets beside it. Their links narrow the list, with JavaScript and without it.
// With JavaScript, dragging across the histogram selects a range.
import type { Page } from '@playwright/test';
import { holdBack } from './support/held-back';
import { follow, rows } from './support/lists';
import {
  barArea,
  barLinks,
  bars,
  chartTable,
  facets,
  openWithHistogram,
  rangeOf,
  rowCount,
  rowsOf,
  rowTimes,
  values,
} from './support/histogram';
import { expect, expectAccessible, expectNoHorizontalScroll, test } from './support/test';

const VIEWS = [
  { view: 'trades', noun: 'decisions', params: ['outcome', 'asset', 'decision', 'agent'] },
  { view: 'signals', noun: 'signals', params: ['action', 'coin', 'algorithm'] },
  { view: 'events', noun: 'events', params: ['severity', 'type', 'actor'] },
];

const DAY = 86_400_000;

/** Opens ten past days of the list, whose rows do not change, with exact counts. */
async function openTenDays(page: Page, view: string, more = ''): Promise<void> {
  // Decisions, of which none is ahead of the clock as some of the history's signals are.
  const newest = await page.request.get('/api/v1/trades?limit=1');
  const [row] = ((await newest.json()) as { rows: { timestamp: string }[] }).rows;
  const day = (before: number): string =>
    new Date(Date.parse(row?.timestamp ?? '') - before * DAY).toISOString().slice(0, 10);
  await openWithHistogram(
    page,
    `/${view}?from=${day(20)}&to=${day(11)}&tz=UTC&counts=exact${more}`,
  );
}

/** The page's parameters, sorted. */
function parameters(page: Page): string {
  const { searchParams } = new URL(page.url());
  searchParams.sort();
  return searchParams.toString();
}

for (const { view, noun, params } of VIEWS) {
  test(`${view}: the histogram counts every row, and a bar links to its rows`, async ({ page }) => {
    await openTenDays(page, view);
    const histogram = page.getByRole('region', { name: new RegExp(`^[\\d,]+ ${noun}$`) });
    await expect(histogram).toContainText('every row counted');
    await expect(histogram).toContainText('Per 2 hours');

    const shown = await bars(page);
    expect(shown).toHaveLength(120);
    const links = await barLinks(page).evaluateAll((found) =>
      found.map((link) => link.getAttribute('href')),
    );
    expect(links).toEqual(shown.map(({ href }) => href));
    const sum = (numbers: number[]): number => numbers.reduce((one, other) => one + other, 0);
    expect(sum(shown.map(({ all }) => all))).toBe(await rowCount(page));
    expect(shown.map(({ kinds }) => sum(kinds))).toEqual(shown.map(({ all }) => all));

    const tallest = Math.max(...shown.map(({ all }) => all));
    const index = shown.findIndex(({ all }) => all === tallest);
    const { href } = shown[index] ?? { href: '' };
    await barArea(page, index).click();
    await page.waitForURL(href, { waitUntil: 'domcontentloaded' });
    expect(await rowCount(page)).toBe(tallest);
    const [from, to] = rangeOf(href);
    expect(to - from).toBeLessThanOrEqual(2 * 3_600_000);
    const times = await rowTimes(page);
    expect(times.length).toBeGreaterThan(0);
    expect(times.filter((at) => at < from || at > to)).toEqual([]);
  });

  test(`${view}: daily bars link to whole days, and their table has the same links`, async ({ page }) => {
    await openWithHistogram(page, `/${view}?tz=UTC`);
    await expect(page.locator('.histogram')).toContainText('Per day');
    await chartTable(page).locator('summary').click();
    const shown = await bars(page);
    const middle = shown[Math.floor(shown.length / 2)];
    const link = chartTable(page).locator('tbody a').nth(Math.floor(shown.length / 2));
    expect(middle?.href).toMatch(/[?&]from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d$/);
    await follow(page, link);
    expect(await rowCount(page)).toBe(middle?.all);
    const [from, to] = rangeOf(page.url());
    expect((await rowTimes(page)).filter((at) => at < from || at > to)).toEqual([]);
  });

  for (const param of params) {
    test(`${view}: a click adds a facet's ${param}, and a second click removes it`, async ({ page }) => {
      await openTenDays(page, view);
      const before = parameters(page);
      const value = values(page, param).first();
      const rowsOfIt = await rowsOf(value);
      expect(rowsOfIt).toBeGreaterThan(0);
      await expect(value).not.toHaveAttribute('aria-current');
      await follow(page, value);
      expect(new URL(page.url()).searchParams.getAll(param)).toHaveLength(1);
      expect(await rowCount(page)).toBe(rowsOfIt);

      const active = facets(page).locator('a[aria-current]');
      await expect(active).toHaveCount(1);
      expect(await rowsOf(active)).toBe(rowsOfIt);
      await follow(page, active);
      expect(parameters(page)).toBe(before);
      await expect(active).toHaveCount(0);
    });
  }
}

test('two values of a facet match rows with either', async ({ page }) => {
  await openTenDays(page, 'trades');
  const [one, other] = [values(page, 'asset').nth(0), values(page, 'asset').nth(1)];
  const both = (await rowsOf(one)) + (await rowsOf(other));
  await follow(page, one);
  await follow(page, other);
  expect(new URL(page.url()).searchParams.getAll('asset')).toHaveLength(2);
  expect(await rowCount(page)).toBe(both);
  await expect(facets(page).locator('a[aria-current]')).toHaveCount(2);
});

test('a filtered value stays in its facet although no row has it', async ({ page }) => {
  await openTenDays(page, 'trades', '&asset=NOSUCH');
  const gone = values(page, 'asset').filter({ hasText: 'NOSUCH' });
  await expect(gone).toHaveAttribute('aria-current', 'true');
  await follow(page, gone);
  expect(await rowCount(page)).toBeGreaterThan(0);
});

test('on a small screen a button opens the facets', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openTenDays(page, 'trades');
  const value = values(page, 'asset').first();
  await expect(value).toBeHidden();
  await page.getByRole('button', { name: 'Facets' }).click();
  const rowsOfIt = await rowsOf(value);
  await expectAccessible(page);
  await follow(page, value);
  expect(await rowCount(page)).toBe(rowsOfIt);
  await expect(facets(page)).toBeHidden();
});

test('the histogram as a table is accessible on every width', async ({ page }) => {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await openTenDays(page, 'trades');
    await chartTable(page).locator('summary').click();
    await expect(chartTable(page).getByRole('table')).toBeVisible();
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
  }
});

test('Tab goes from the filter through the histogram and the facets to the rows', async ({ page }) => {
  await openTenDays(page, 'trades', '&limit=5');
  await page.locator('input[name="q"]').focus();
  const places: string[] = [];
  const bar: string[] = [];
  // As far as the second row's link.
  const last = rows(page).nth(1).locator('a').first();
  await expect(async () => {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const parts = ['.filter-form', '.histogram', '.facets', '.sheet[slot="rows"]'];
      const place = parts.find((part) => element?.closest(part));
      return { place, isBar: element?.closest('.bars') !== null, told: element?.outerHTML };
    });
    if (focused.place !== undefined && places.at(-1) !== focused.place) {
      places.push(focused.place);
    }
    if (focused.isBar) {
      bar.push(focused.told ?? '');
    }
    await expect(last).toBeFocused({ timeout: 1 });
  }).toPass({ intervals: [0] });
  expect(places).toEqual(['.filter-form', '.histogram', '.facets', '.sheet[slot="rows"]']);
  expect(bar).toEqual([]);
});

test.describe('with scripts', () => {
  test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, 'they need JavaScript');

  for (const [name, first, second] of [
    ['to the right', 20, 30],
    ['to the left', 30, 20],
  ] as const) {
    test(`dragging ${name} across bars filters by their range`, async ({ page }) => {
      await openTenDays(page, 'trades', '&asset=BTC');
      await expect(page.locator('html')).toHaveAttribute('data-islands', '');
      const between = (await bars(page)).slice(20, 31);
      const wanted = between.reduce((sum, { all }) => sum + all, 0);
      await barArea(page, first).hover();
      await page.mouse.down();
      await barArea(page, second).hover();
      await expect(page.locator('.brush-selection')).toBeVisible();
      await page.mouse.up();
      await page.waitForURL(/from=[^&]*T/, { waitUntil: 'domcontentloaded' });
      const [from] = rangeOf(between.at(0)?.href ?? '');
      const [, to] = rangeOf(between.at(-1)?.href ?? '');
      expect(rangeOf(page.url())).toEqual([from, to]);
      expect(new URL(page.url()).searchParams.get('asset')).toBe('BTC');
      expect(await rowCount(page)).toBe(wanted);
    });
  }

  for (const width of [1440, 390]) {
    test(`at ${width} px nothing moves when the histogram arrives after the rows`, async ({
      page,
      baseURL,
    }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.addInitScript(() => {
        let shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            shift += (entry as PerformanceEntry & { value: number }).value;
            document.documentElement.dataset['shift'] = String(shift);
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      const console = await holdBack(baseURL ?? '');
      await page.goto(`${console.url}/trades`, { waitUntil: 'commit' });
      await expect(rows(page)).toHaveCount(50);
      await expect(page.locator('.histogram')).toHaveCount(0);
      const before = await rows(page).first().boundingBox();
      console.release();
      await page.waitForLoadState();
      await expect(barLinks(page).first()).toBeAttached();
      await expect(page.locator('html')).toHaveAttribute('data-islands', '');
      expect((await rows(page).first().boundingBox())?.y).toBeCloseTo(before?.y ?? NaN, 0);
      const shift = await page.locator('html').getAttribute('data-shift');
      expect(Number(shift ?? '0'), 'layout shift').toBeLessThan(0.02);
      await console.close();
    });
  }
});
