// Custom columns and saved views, with JavaScript and without.
import type { Locator, Page } from '@playwright/test';
import { rowIds, rows } from './support/lists';
import { expect, expectAccessible, expectNoHorizontalScroll, test } from './support/test';

/** Opens the dropdown with this name and returns it. */
async function openMenu(page: Page, name: string): Promise<Locator> {
  const menu = page.locator('main details.dropdown').filter({
    has: page.locator('summary', { hasText: new RegExp(`^${name}`) }),
  });
  await menu.locator('summary').click();
  return menu;
}

/** The headers of the table's columns after the time. */
async function headers(page: Page): Promise<string[]> {
  const all = await page.locator('main table.rows th').allInnerTexts();
  return all.slice(1);
}

/** A unique name within the length limit. */
function nameOf(what: string): string {
  return `${what} ${test.info().project.name} ${Date.now()}`;
}

test('columns are selected by a form, saved, and reset', async ({ page }) => {
  await page.goto('/trades?asset=BTC&limit=20');
  const usual = await headers(page);
  const ids = await rowIds(page, 'trades');
  let menu = await openMenu(page, 'Columns');
  await expectAccessible(page);
  await menu.getByRole('checkbox', { name: 'Agent' }).uncheck();
  await menu.getByRole('checkbox', { name: 'Fill price, AUD' }).check();
  await menu.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/\/trades\?asset=BTC&limit=20&cols=[a-z_,]+$/);
  const chosen = await headers(page);
  expect(chosen).toEqual([...usual.filter((label) => label !== 'Agent'), 'Fill price, AUD']);
  expect(await rowIds(page, 'trades')).toEqual(ids);
  await expectAccessible(page);
  await expectNoHorizontalScroll(page);

  menu = await openMenu(page, 'Columns');
  await menu.getByRole('link', { name: 'Move Fill price, AUD one column to the left' }).click();
  await expect(page).toHaveURL(/,fill_price,reason$/);

  // Kept where nothing is said of columns, and no match for a link that says something.
  await page.goto('/trades');
  expect((await headers(page)).slice(-2)).toEqual(['Fill price, AUD', 'Reason']);
  await page.goto('/trades?cols=id');
  expect(await headers(page)).toEqual(['Id']);
  await page.goto('/signals');
  expect(await headers(page)).toContain('Algorithm or source');

  await page.goto('/trades?asset=BTC');
  menu = await openMenu(page, 'Columns');
  await menu.getByRole('link', { name: 'Default columns' }).click();
  await expect(page).toHaveURL(/\/trades\?asset=BTC$/);
  expect(await headers(page)).toEqual(usual);
});

test('columns that do not fit are cards on a small screen, and scroll on a wide one', async ({
  page,
}) => {
  const every = 'decision,asset,price,confidence,outcome,agent,order_status,fill_price,order_id,id';
  for (const width of [1440, 1000, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`/trades?limit=10&cols=${every}`);
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
    await expect(rows(page).first().locator('td').last()).toHaveText(/^[0-9a-f-]{36}$/);
  }
});

test('a view is saved under a name, opened by its link, renamed and deleted', async ({
  page,
  as,
  complaints,
  javaScriptEnabled,
}) => {
  const [name, other] = [nameOf('Blocked'), nameOf('Renamed')];
  await page.goto('/trades?outcome=blocked&last=90d&cols=asset,id');
  let menu = await openMenu(page, 'Saved views');
  await menu.getByLabel('Save this view as').fill(name);
  await menu.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/trades\?last=90d&outcome=blocked&cols=asset,id$/);
  menu = await openMenu(page, 'Saved views');
  await expect(menu.getByRole('link', { name })).toHaveAttribute('aria-current', 'true');
  await expectAccessible(page);

  // The same name for another query is refused, and nothing that was typed is lost.
  await page.goto('/trades?outcome=executed');
  menu = await openMenu(page, 'Saved views');
  await menu.getByLabel('Save this view as').fill(name);
  complaints.expectStatus(409);
  await menu.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('another view of this list');
  await expect(page.locator('#new-name')).toHaveValue(name);
  await expectAccessible(page);

  await page.goto('/views');
  const item = page.locator('.saved-views > li', { hasText: name });
  const link = (await item.getByRole('link').getAttribute('href')) ?? '';
  expect(link).toMatch(/^\/views\/[0-9a-f-]{36}$/);
  if (javaScriptEnabled) {
    const admin = await as('admin');
    await admin.goto(link);
    await expect(admin).toHaveURL(/\/trades\?last=90d&outcome=blocked&cols=asset,id$/);
    await admin.goto('/views');
    await expect(admin.getByRole('main')).not.toContainText(name);
  }

  await item.locator('summary').click();
  await expectAccessible(page);
  await item.getByLabel('Name').fill(other);
  await item.getByRole('button', { name: 'Rename' }).click();
  await expect(page).toHaveURL(/\/views$/);
  const renamed = page.locator('.saved-views > li', { hasText: other });
  await renamed.locator('summary').click();
  await renamed.getByRole('button', { name: 'Delete this view' }).click();
  await expect(page).toHaveURL(/\/views$/);
  await expect(page.locator('.saved-views > li', { hasText: other })).toHaveCount(0);
});
