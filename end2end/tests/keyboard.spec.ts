// The keyboard: search, rows, open, help.
import type { Page } from '@playwright/test';
import { rowIds } from './support/lists';
import { expect, test } from './support/test';

/** The index of the row that the keyboard is on; -1 for none. */
async function chosenRow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('main table tbody tr')];
    return all.findIndex(
      (row) => row.getAttribute('aria-selected') === 'true' || row.contains(document.activeElement),
    );
  });
}

test.beforeEach(async ({ page }) => {
  await page.goto('/trades');
  // The islands are loaded after the page: its help answers when they are there.
  await expect(async () => {
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible({ timeout: 200 });
  }).toPass();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('/ goes to the search field and types nothing', async ({ page }) => {
  await page.keyboard.press('/');
  const search = page.locator('input[name="q"]').first();
  await expect(search).toBeFocused();
  await expect(search).toHaveValue('');
  // In a field the letters are letters.
  await page.keyboard.type('jk?');
  await expect(search).toHaveValue('jk?');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('j and k walk the rows, Enter opens one', async ({ page }) => {
  const ids = await rowIds(page, 'trades');
  await page.keyboard.press('j');
  await expect.poll(() => chosenRow(page)).toBe(0);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect.poll(() => chosenRow(page)).toBe(2);
  await page.keyboard.press('k');
  await expect.poll(() => chosenRow(page)).toBe(1);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/trades/${ids[1]}$`));
});

test('? explains the keys', async ({ page }) => {
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText(/search/i);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});
