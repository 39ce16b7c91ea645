// Links between the steps of a trace: from a decision to the rows of its trade and back.
import { rowLink } from './support/lists';
import { expect, test } from './support/test';

test('decision, trace, event, and back', async ({ page }) => {
  await page.goto('/trades?order_status=filled&limit=1');
  await rowLink(page, 'trades', 0).click();
  const decision = new URL(page.url()).pathname;
  const steps = page.getByRole('main').locator('.steps');
  await expect(steps.getByRole('heading', { name: 'Execution' })).toBeVisible();
  await expect(steps.locator('[aria-current="step"]')).toContainText('Decision');

  await steps.getByRole('link', { name: 'order', exact: true }).click();
  await expect(page).toHaveURL(/\/traces\/[0-9a-f-]{36}$/);
  await expect(steps.locator('[aria-current="step"]')).toContainText('Order');
  await expect(page.getByRole('heading', { name: 'Its order' })).toBeVisible();

  await steps.getByRole('link', { name: 'approval' }).first().click();
  await expect(page).toHaveURL(/\/events\/[0-9a-f-]{36}$/);
  await expect(steps.locator('[aria-current="step"]')).toContainText('First check');

  await steps.getByRole('link', { name: 'decision' }).click();
  await expect(page).toHaveURL(new RegExp(`${decision}$`));
});
