// Tables: a click opens a row, except clicks with another purpose.
import { rowIds, rows } from './support/lists';
import { expect, test } from './support/test';

test('selecting text in a cell opens nothing', async ({ page }) => {
  await page.goto('/trades');
  await expect(page.locator('html')).toHaveAttribute('data-islands', '');
  const ids = await rowIds(page, 'trades');
  const cell = rows(page).first().locator('.c-asset');
  const box = (await cell.locator('bdi').boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 2, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(await cell.innerText());
  await expect(page).toHaveURL(/\/trades$/);
  // The click that takes the selection away opens nothing either.
  await rows(page).nth(1).locator('.c-price').click();
  await expect(page).toHaveURL(/\/trades$/);
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await rows(page).nth(1).locator('.c-price').click();
  await expect(page).toHaveURL(new RegExp(`/trades/${ids[1]}$`));
});

test('a click that closes a menu opens nothing', async ({ page }) => {
  await page.goto('/trades');
  await expect(page.locator('html')).toHaveAttribute('data-islands', '');
  const menu = page.locator('details.dropdown').filter({ hasText: 'Agent' }).first();
  await menu.locator('summary').click();
  await expect(menu).toHaveAttribute('open', '');
  await rows(page).nth(12).locator('.c-price').click();
  await expect(menu).not.toHaveAttribute('open', '');
  await expect(page).toHaveURL(/\/trades$/);
  await page.setViewportSize({ width: 1200, height: 900 });
  await page.locator('.facets-open').click();
  await expect(page.locator('#facets')).toBeVisible();
  await rows(page).nth(12).locator('.c-price').click();
  await expect(page.locator('#facets')).toBeHidden();
  await expect(page).toHaveURL(/\/trades$/);
});

test('a click with Ctrl or the middle button opens a tab', async ({ page, context }) => {
  await page.goto('/events');
  await expect(page.locator('html')).toHaveAttribute('data-islands', '');
  const ids = await rowIds(page, 'events');
  const row = rows(page).first();
  for (const open of [
    () => row.locator('.c-severity').click({ modifiers: ['Control'] }),
    () => row.locator('.c-severity').click({ button: 'middle' }),
    () => row.locator('a.row-link').click({ modifiers: ['Control'] }),
  ]) {
    const [tab] = await Promise.all([context.waitForEvent('page'), open()]);
    await tab.waitForURL(new RegExp(`/events/${ids[0]}$`));
    await tab.close();
  }
  await expect(page).toHaveURL(/\/events$/);
});

test('truncated text has a tooltip and is expanded in the selected row', async ({ page }) => {
  await page.goto('/trades');
  await expect(page.locator('html')).toHaveAttribute('data-islands', '');
  const reasons = page.locator('main table.rows td.c-reason');
  const cut = await reasons.evaluateAll((cells) =>
    cells.findIndex((cell) => cell.scrollWidth > cell.clientWidth),
  );
  expect(cut).toBeGreaterThanOrEqual(0);
  const cell = reasons.nth(cut);
  await expect(cell).toHaveAttribute('title', await cell.innerText());
  for (let row = 0; row <= cut; row += 1) {
    await page.keyboard.press('j');
  }
  await expect
    .poll(() => cell.evaluate((shown) => shown.scrollWidth <= shown.clientWidth))
    .toBe(true);
});

test('on a small screen no reason is truncated', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/trades');
  const cut = await page.locator('main table.rows td.c-reason').evaluateAll(
    (cells) =>
      cells.filter(
        (cell) => cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight,
      ).length,
  );
  expect(cut).toBe(0);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});
