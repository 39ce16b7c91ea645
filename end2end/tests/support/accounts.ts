// The demo's accounts, and where their sessions are kept between the tests of a run.
import path from 'node:path';
import { expect, type Page } from '@playwright/test';

/** A demo account, called after what it may do; `admin2` is a second admin. */
export type Role = 'auditor' | 'admin' | 'admin2' | 'customer';

/** The password of every demo account. */
export const PASSWORD = 'demo-console';

/** The e-mail of that demo account. */
export function email(role: Role): string {
  return `${role}@demo.local`;
}

/** The file of that account's session. */
export function stateFile(role: Role): string {
  return path.join(__dirname, '../../test-results/sessions', `${role}.json`);
}

/** A browser in which nobody is logged in. */
export const NOBODY = { cookies: [], origins: [] };

/** Fills the log-in form and sends it. */
export async function logIn(page: Page, who: string, password: string): Promise<void> {
  await page.locator('input[name="email"]').fill(who);
  await page.locator('input[name="password"]').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Logs out by the account menu. */
export async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login/);
}
