// Colour schemes: the system's setting, and the user's own, which is saved.
import type { Page } from '@playwright/test';
import { expect, test } from './support/test';

/** Whether the page's background is dark. */
async function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    // Painted, because computed colours come in more notations than rgb().
    const canvas = document.createElement('canvas').getContext('2d');
    if (canvas === null) {
      throw new Error('no canvas');
    }
    for (const layer of [document.documentElement, document.body]) {
      canvas.fillStyle = getComputedStyle(layer).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return red + green + blue < 3 * 128;
  });
}

test('the system setting is the default', async ({ page, colorScheme }) => {
  await page.goto('/trades');
  expect(await isDark(page)).toBe(colorScheme === 'dark');
  const other = colorScheme === 'dark' ? 'light' : 'dark';
  await page.emulateMedia({ colorScheme: other });
  await expect.poll(() => isDark(page)).toBe(other === 'dark');
});

test('the switch overrides it and is saved', async ({ page, colorScheme }) => {
  const other = colorScheme === 'dark' ? 'light' : 'dark';
  await page.goto('/trades');
  const theme = page.getByRole('button', { name: /^Colour scheme/ });
  // From the system's scheme the button goes to light, then to dark.
  await theme.click();
  await expect(theme).toHaveAccessibleName(/^Colour scheme: light/);
  await expect.poll(() => isDark(page)).toBe(false);
  if (other === 'dark') {
    await theme.click();
    await expect(theme).toHaveAccessibleName(/^Colour scheme: dark/);
  }
  await expect.poll(() => isDark(page)).toBe(other === 'dark');
  await page.goto('/events');
  expect(await isDark(page)).toBe(other === 'dark');
});
