// Logs in every demo account once. The other tests reuse the sessions.
import { expect, test } from '@playwright/test';
import { email, logIn, PASSWORD, stateFile, type Role } from './support/accounts';

const ROLES: Role[] = ['auditor', 'admin', 'admin2', 'customer'];

for (const role of ROLES) {
  test(`log in as ${role}`, async ({ page }) => {
    await page.goto('/login');
    await logIn(page, email(role), PASSWORD);
    await expect(page).not.toHaveURL(/\/login/);
    await page.context().storageState({ path: stateFile(role) });
  });
}
