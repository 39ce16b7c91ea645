// Login, and access without a session or without a role.
import { email, logIn, logOut, NOBODY, PASSWORD, stateFile } from './support/accounts';
import { expect, expectAccessible, keepScreenshot, test } from './support/test';

test.describe('nobody logged in', () => {
  test.use({ storageState: NOBODY });

  test('a page redirects to the log-in form and back', async ({ page }) => {
    await page.goto('/trades?asset=BTC');
    await expect(page).toHaveURL(/\/login\?next=/);
    await logIn(page, email('auditor'), PASSWORD);
    await expect(page).toHaveURL(/\/trades\?asset=BTC$/);
    await logOut(page);
    await page.goto('/trades');
    await expect(page).toHaveURL(/\/login\?next=/);
  });

  test('a wrong password is rejected with the form', async ({ page, complaints }) => {
    complaints.expectStatus(401);
    await page.goto('/login');
    await logIn(page, email('auditor'), 'not the password');
    await expect(page).toHaveURL(/\/login/);
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page.locator('input[name="email"]')).toHaveValue(email('auditor'));
    await expect(page.locator('input[name="password"]')).toHaveValue('');
    await expectAccessible(page);
    await keepScreenshot(page, 'login-refused');
  });

  test('the redirect after login never leaves the console', async ({ page, baseURL }) => {
    await page.goto('/login?next=https%3A%2F%2Fexample.org%2F');
    await logIn(page, email('auditor'), PASSWORD);
    await expect(page).toHaveURL(`${baseURL}/`);
  });

  test('programs get 401, not a form', async ({ request }) => {
    for (const path of ['/trades.csv', '/trades.jsonl', '/api/v1/trades']) {
      const answer = await request.get(path, { maxRedirects: 0 });
      expect(answer.status(), path).toBe(401);
    }
  });
});

test.describe('a customer without a role', () => {
  test.use({ storageState: stateFile('customer') });

  test('sees why and can only log out', async ({ page, complaints }) => {
    complaints.expectStatus(403);
    const answer = await page.goto('/trades');
    expect(answer?.status()).toBe(403);
    await expect(page.getByRole('button', { name: 'Log out' })).toBeAttached();
    await expectAccessible(page);
    await keepScreenshot(page, 'forbidden');
  });
});
