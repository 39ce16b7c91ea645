// From a decision to the rows of its trade and back: every step is a link.
import { rowLink } from './support/lists';
import { expect, test } from './support/test';

test('decision, trace, event, and back', async ({ page }) => {
  await page.goto('/trades?order_status=filled&limit=1');
  await rowLink(page, 'trades', 0).click();
  const decision = new URL(page.url()).pathname;
  const rail = page.getByRole('main').locator('.rail');
  await expect(rail.getByRole('heading', { name: 'Execution' })).toBeVisible();
  await expect(rail.locator('[aria-current="step"]')).toContainText('Decision');

  await rail.getByRole('link', { name: 'order', exact: true }).click();
  await expect(page).toHaveURL(/\/traces\/[0-9a-f-]{36}$/);
  await expect(rail.locator('[aria-current="step"]')).toContainText('Order');
  await expect(page.getByRole('heading', { name: 'Its order' })).toBeVisible();

  await rail.getByRole('link', { name: 'approval' }).first().click();
  await expect(page).toHaveURL(/\/events\/[0-9a-f-]{36}$/);
  await expect(rail.locator('[aria-current="step"]')).toContainText('First check');

  await rail.getByRole('link', { name: 'decision' }).click();
  await expect(page).toHaveURL(new RegExp(`${decision}$`));
});
