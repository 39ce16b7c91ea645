// The filter form: every button and link submits all unapplied changes, with JavaScript and without.
import type { Locator, Page } from '@playwright/test';
import { parseCsv } from './support/csv';
import { download } from './support/download';
import { rows } from './support/lists';
import { chartTable, facets, values } from './support/histogram';
import { expect, expectAccessible, expectNoHorizontalScroll, test } from './support/test';

const DAY = 86_400_000;

/** A list of ten whole days in the past. */
async function open(page: Page, more = ''): Promise<void> {
  const newest = await page.request.get('/api/v1/trades?limit=1');
  const [row] = ((await newest.json()) as { rows: { timestamp: string }[] }).rows;
  const day = (before: number): string =>
    new Date(Date.parse(row?.timestamp ?? '') - before * DAY).toISOString().slice(0, 10);
  await page.goto(`/trades?from=${day(20)}&to=${day(11)}&tz=UTC&counts=exact${more}`);
  await expect(page.locator('.histogram')).toBeVisible();
}

/** Opens the dropdown of a filter and returns it. */
async function menu(page: Page, name: string): Promise<Locator> {
  const found = page.locator('.filter-form details.dropdown').filter({
    has: page.locator('summary', { hasText: new RegExp(`^${name}`) }),
  });
  await found.locator('summary').click();
  return found;
}

/** Checks a decision without applying it. */
async function tick(page: Page, word = 'BUY'): Promise<void> {
  const decisions = await menu(page, 'Decision');
  await decisions.getByRole('checkbox', { name: word }).check();
  await decisions.locator('summary').click();
}

/** The parameters of the page's address. */
function asked(page: Page): URLSearchParams {
  return new URL(page.url()).searchParams;
}

/** Waits for an address that has a parameter with this value. */
async function arrive(page: Page, name: string, value: RegExp | string): Promise<void> {
  await page.waitForURL(
    (url) => {
      const found = url.searchParams.getAll(name);
      return found.some((one) => (typeof value === 'string' ? one === value : value.test(one)));
    },
    { waitUntil: 'domcontentloaded' },
  );
  // The form's own words never stay in an address.
  for (const word of ['form', 'preset', 'range', 'add', 'drop', 'default_last', 'default_tz', 'as_of']) {
    expect(asked(page).has(word), word).toBe(false);
  }
}

test('a preset applies checked and typed values', async ({ page }) => {
  await open(page);
  await tick(page);
  await page.locator('input[name="q"]').fill('rsi');
  await page.getByRole('button', { name: '90 d' }).click();
  await arrive(page, 'last', '90d');
  expect(asked(page).get('decision')).toBe('BUY');
  expect(asked(page).get('q')).toBe('rsi');
  expect(asked(page).has('from')).toBe(false);
  await expect(page.getByRole('button', { name: '90 d' })).toHaveAttribute('aria-current', 'true');
});

test('Apply range and Apply both apply checked values and dates', async ({ page }) => {
  for (const button of ['Apply range', 'Apply']) {
    await page.goto('/trades?last=24h');
    await tick(page, 'SELL');
    const custom = await menu(page, 'Custom');
    await custom.getByLabel('Start date').fill('2026-01-05');
    if (button === 'Apply') {
      await custom.locator('summary').click();
    }
    await page.getByRole('button', { name: button, exact: true }).click();
    await arrive(page, 'from', '2026-01-05');
    expect(asked(page).get('decision'), button).toBe('SELL');
    expect(asked(page).get('tz'), button).not.toBeNull();
    expect(asked(page).has('last'), button).toBe(false);
  }
});

test('Apply keeps the active time range', async ({ page }) => {
  await page.goto('/trades?last=90d');
  await tick(page);
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await arrive(page, 'decision', 'BUY');
  expect(asked(page).get('last')).toBe('90d');
});

test('Enter in the search field applies the form without selecting a preset', async ({ page }) => {
  await page.goto('/trades?last=90d');
  await tick(page);
  await page.locator('input[name="q"]').fill('rsi');
  await page.locator('input[name="q"]').press('Enter');
  await arrive(page, 'q', 'rsi');
  expect(asked(page).get('last')).toBe('90d');
  expect(asked(page).get('decision')).toBe('BUY');
});

test('a facet applies checked values', async ({ page }) => {
  await open(page);
  const value = values(page, 'asset').first();
  const asset = await value.locator('bdi').innerText();
  await expect(page.locator('.unapplied').first()).toBeHidden();
  await tick(page);
  await expect(page.locator('.unapplied').first()).toBeVisible();
  await expect(value).toBeHidden();
  await expectAccessible(page);
  await facets(page).getByRole('button', { name: asset }).first().click();
  await arrive(page, 'asset', asset);
  expect(asked(page).get('decision')).toBe('BUY');
  // And a value in force is taken away by the same way.
  await tick(page, 'SELL');
  await facets(page).locator('section[aria-labelledby="facet-asset"] button[aria-current]').click();
  await arrive(page, 'decision', 'SELL');
  expect(asked(page).getAll('decision')).toEqual(['BUY', 'SELL']);
  expect(asked(page).has('asset')).toBe(false);
});

test('a bar and its table row apply checked values', async ({ page }) => {
  await open(page);
  const href = await page.locator('svg.bars a').nth(30).getAttribute('href');
  const bar = new URL(href ?? '', page.url()).searchParams;
  await tick(page);
  await page.locator('svg.bars .bar').nth(30).locator('button').click();
  await arrive(page, 'decision', 'BUY');
  expect(asked(page).get('from')).toBe(bar.get('from'));
  expect(asked(page).get('to')).toBe(bar.get('to'));

  await open(page);
  await tick(page);
  await chartTable(page).locator('summary').click();
  await chartTable(page).locator('tbody button').nth(30).click();
  await arrive(page, 'decision', 'BUY');
  expect(asked(page).get('from')).toBe(bar.get('from'));
});

test('a chip applies checked values, and words typed into an empty field', async ({ page }) => {
  await open(page, '&asset=BTC');
  await page.locator('input[name="q"]').fill('rsi');
  const chips = page.getByRole('navigation', { name: 'Active filters' });
  await chips.getByRole('button', { name: 'coin BTC, remove this filter' }).click();
  await arrive(page, 'q', 'rsi');
  expect(asked(page).has('asset')).toBe(false);
});

test('an export contains the checked values, and a notice says that they are not applied', async ({
  page,
  javaScriptEnabled,
}) => {
  await open(page, '&asset=BTC');
  await expect(page.getByRole('link', { name: 'Download CSV' })).toBeVisible();
  await tick(page);
  await expect(page.getByRole('link', { name: 'Download CSV' })).toBeHidden();
  await expect(page.locator('.exports .unapplied')).toBeVisible();
  const file = await download(page.getByRole('button', { name: 'Download CSV' }));
  expect(file.name).toMatch(/^trades_.*_UTC_exported_\d{8}T\d{6}Z\.csv$/);
  const [header = [], ...records] = parseCsv(file.text);
  const decision = header.indexOf('decision');
  expect(records.length).toBeGreaterThan(0);
  expect(new Set(records.map((record) => record[decision]))).toEqual(new Set(['BUY']));
  if (javaScriptEnabled) {
    // Taking the tick back is no change.
    const decisions = await menu(page, 'Decision');
    await decisions.getByRole('checkbox', { name: 'BUY' }).uncheck();
    await expect(page.getByRole('link', { name: 'Download CSV' })).toBeVisible();
  }
});

test('an invalid query keeps the filter, names each error and can be corrected', async ({
  page,
  complaints,
}) => {
  complaints.expectStatus(400);
  await page.goto('/trades?bogus=1&last=xx&asset=BTC&decision=BUY');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeAttached();
  await expect(page.locator('.faults code')).toHaveText(['bogus', 'last']);
  await expectAccessible(page);
  await expectNoHorizontalScroll(page);
  const decisions = await menu(page, 'Decision');
  await expect(decisions.getByRole('checkbox', { name: 'BUY' })).toBeChecked();
  await decisions.locator('summary').click();
  await page.getByRole('link', { name: 'Continue without them' }).click();
  await expect(page).toHaveURL(/\/trades\?asset=BTC&decision=BUY$/);
  await expect(rows(page).first()).toBeVisible();
  complaints.expectStatus(404);
  await page.goto('/trades/00000000-0000-0000-0000-000000000000');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeAttached();
});

for (const view of ['trades', 'signals', 'events', 'kill-switch', 'findings']) {
  test(`${view}: no column is missing and no button wraps alone, at any width`, async ({ page }) => {
    for (const width of [390, 861, 1024, 1280, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/${view}?limit=5`);
      await expectNoHorizontalScroll(page);
      const missing = await page
        .locator('main table.rows')
        .first()
        .evaluate((table) =>
          [...table.querySelectorAll('tbody tr:first-child td')]
            .filter((cell) => cell.getClientRects().length === 0)
            .map((cell) => cell.className),
        );
      expect(missing, `at ${width} px`).toEqual([]);
      if (width > 860) {
        const apply = await page.locator('.filter-actions > .btn').boundingBox();
        const beside = await page.locator('.filter-actions > .dropdown').boundingBox();
        expect(beside?.y, `at ${width} px`).toBeCloseTo(apply?.y ?? NaN, 0);
      }
    }
  });
}
