// Light and dark: the system's choice, and the person's own, which is kept.
import type { Page } from '@playwright/test';
import { expect, test } from './support/test';

/** Whether the page's ground is dark. */
async function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    // Painted, because computed colours come in more notations than rgb().
    const canvas = document.createElement('canvas').getContext('2d');
    if (canvas === null) {
      throw new Error('no canvas');
    }
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return red + green + blue < 3 * 128;
  });
}

test('the system decides', async ({ page, colorScheme }) => {
  await page.goto('/trades');
  expect(await isDark(page)).toBe(colorScheme === 'dark');
  const other = colorScheme === 'dark' ? 'light' : 'dark';
  await page.emulateMedia({ colorScheme: other });
  await expect.poll(() => isDark(page)).toBe(other === 'dark');
});

test('the switch decides otherwise, and is remembered', async ({ page, colorScheme }) => {
  const other = colorScheme === 'dark' ? 'Light' : 'Dark';
  await page.goto('/trades');
  await chooseTheme(page, other);
  await expect.poll(() => isDark(page)).toBe(other === 'Dark');
  await page.goto('/events');
  expect(await isDark(page)).toBe(other === 'Dark');
});

/** Chooses a theme by the header's switch, in whatever form the width gives it. */
async function chooseTheme(page: Page, name: string): Promise<void> {
  const choice = page
    .getByRole('radio', { name })
    .or(page.getByRole('button', { name: new RegExp(name, 'i') }))
    .first();
  if (!(await choice.isVisible())) {
    await page.locator('header summary:visible').last().click();
  }
  await choice.click();
}
