// The console without JavaScript: filters are forms, pages are links.
import { email, logIn, logOut, NOBODY, PASSWORD } from './support/accounts';
import { follow, nextLink, previousLink, rowIds, rows } from './support/lists';
import { expect, test } from './support/test';

test('a filter is a form', async ({ page }) => {
  await page.goto('/trades');
  const before = await rowIds(page, 'trades');
  const form = page.locator('main form').filter({ has: page.locator('input[name="q"]') });
  await form.locator('input[name="q"]').fill('limit exceeded');
  await form.getByRole('button', { name: /apply|filter|search/i }).first().click();
  await expect(page).toHaveURL(/[?&]q=limit(\+|%20)exceeded/);
  await expect(page.locator('input[name="q"]').first()).toHaveValue('limit exceeded');
  const after = await rowIds(page, 'trades');
  expect(after.length).toBeGreaterThan(0);
  expect(after).not.toEqual(before);
  const csv = page.getByRole('main').getByRole('link', { name: /CSV/ }).first();
  await expect(csv).toHaveAttribute('href', /^\/trades\.csv\?.*q=limit(\+|%20)exceeded/);
});

test('a row has a link, and the text beside it can be selected', async ({ page }) => {
  await page.goto('/trades');
  const ids = await rowIds(page, 'trades');
  const asset = rows(page).nth(2).locator('.c-asset bdi');
  // Nothing lies over it: a trial click would say what does.
  await asset.click({ trial: true });
  await rows(page).nth(2).locator('a.row-link').click();
  await expect(page).toHaveURL(new RegExp(`/trades/${ids[2]}$`));
});

test('an active filter is a chip with a link that removes it', async ({ page }) => {
  await page.goto('/trades?asset=BTC&decision=BUY');
  await page
    .getByRole('main')
    .getByRole('link', { name: /^coin BTC, remove/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/trades\?decision=BUY$/);
});

test('pages are linked in both directions', async ({ page }) => {
  await page.goto('/trades?limit=20');
  const first = await rowIds(page, 'trades');
  expect(first).toHaveLength(20);
  await follow(page, nextLink(page));
  const second = await rowIds(page, 'trades');
  expect(second).toHaveLength(20);
  expect(second.filter((id) => first.includes(id))).toEqual([]);
  await follow(page, previousLink(page));
  expect(await rowIds(page, 'trades')).toEqual(first);
});

test('oldest first reverses the list', async ({ page }) => {
  await page.goto('/kill-switch?limit=500');
  const newest = await rowIds(page, 'kill-switch');
  expect(newest.length).toBeGreaterThan(2);
  await page.goto('/kill-switch?limit=500&order=oldest');
  expect(await rowIds(page, 'kill-switch')).toEqual(newest.reverse());
  await expect(rows(page).first()).toBeVisible();
});

test.describe('a session of its own', () => {
  test.use({ storageState: NOBODY });

  test('log in and out by forms', async ({ page }) => {
    await page.goto('/login');
    await logIn(page, email('admin'), PASSWORD);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await logOut(page);
  });
});
