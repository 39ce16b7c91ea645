// A session that ends while a user types: the draft is kept and no other user sees it, with JavaScript and without.
import type { Page } from '@playwright/test';
import { email, logIn, NOBODY, PASSWORD } from './support/accounts';
import { noteForm, notes, openFinding, openFindingId, sendNote } from './support/findings';
import { expect, expectAccessible, expectNoHorizontalScroll, keepScreenshot, test } from './support/test';

test.use({ storageState: NOBODY });

const NOTE = 'Half an hour of work:\n<b>the desk</b> had stopped it by hand.';

async function openAsAuditor(page: Page): Promise<string> {
  await page.goto('/login?next=%2Ffindings');
  await logIn(page, email('auditor'), PASSWORD);
  await expect(page).toHaveURL(/\/findings$/);
  const id = await openFindingId(page.request, 'newest');
  await openFinding(page, id);
  return id;
}

/** Types a note, ends the session, and submits the note. */
async function typeAndLoseSession(page: Page): Promise<void> {
  await noteForm(page).getByLabel('Answer').selectOption({ label: 'Acknowledged' });
  await noteForm(page).getByLabel('Note').fill(NOTE);
  await page.context().clearCookies();
  expect((await sendNote(page)).status()).toBe(401);
  const told = page.getByText('Your session ended. Log in and your note is still there.');
  await expect(told).toBeVisible();
}

test('a note is restored in its form after the login', async ({ page, complaints }) => {
  complaints.expectStatus(401);
  const id = await openAsAuditor(page);
  const before = await notes(page).count();
  await typeAndLoseSession(page);
  await expectAccessible(page);
  await keepScreenshot(page, 'session-ended');
  await logIn(page, email('auditor'), 'not the password');
  await expect(page.getByRole('alert')).toBeVisible();
  await logIn(page, email('auditor'), PASSWORD);
  await expect(page).toHaveURL(new RegExp(`/findings/${id}/notes#notes$`));
  await expect(page.getByRole('alert')).toContainText('nothing was written yet');
  await expect(noteForm(page).getByLabel('Note')).toHaveValue(NOTE);
  await expect(noteForm(page).getByLabel('Answer')).toHaveValue('acknowledged');
  await expect(notes(page)).toHaveCount(before);
  await expectAccessible(page);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await expectNoHorizontalScroll(page);
    await keepScreenshot(page, `note-after-log-in-${width}`);
  }
  // Loading the page again loses it as little.
  await page.reload();
  await expect(noteForm(page).getByLabel('Note')).toHaveValue(NOTE);
});

test('another user who logs in does not see it', async ({ page, complaints }) => {
  complaints.expectStatus(401);
  const id = await openAsAuditor(page);
  await typeAndLoseSession(page);
  expect(await page.content()).not.toContain('Half an hour of work');
  await logIn(page, email('admin'), PASSWORD);
  await expect(page).toHaveURL(new RegExp(`/findings/${id}#notes$`));
  await expect(noteForm(page).getByLabel('Note')).toHaveValue('');
  expect(await page.content()).not.toContain('Half an hour of work');
});

test('the name of a view is restored after the login and can be saved', async ({
  page,
  complaints,
  javaScriptEnabled,
}) => {
  complaints.expectStatus(401);
  await page.goto('/login?next=%2Ftrades%3Fasset%3DBTC');
  await logIn(page, email('auditor'), PASSWORD);
  await expect(page).toHaveURL(/\/trades\?asset=BTC$/);
  const name = `After the session ${javaScriptEnabled ? 'with' : 'without'} JavaScript`;
  await page.getByText('Saved views', { exact: true }).click();
  await page.getByLabel('Save this view as').fill(name);
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('the name you typed is still there')).toBeVisible();
  await logIn(page, email('auditor'), PASSWORD);
  await expect(page).toHaveURL(/\/views$/);
  await expect(page.locator('#new-name')).toHaveValue(name);
  await expectAccessible(page);
  await keepScreenshot(page, 'view-after-log-in');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveURL(/\/trades\?asset=BTC$/);
  await page.goto('/views');
  await expect(page.locator('#new-name')).toHaveCount(0);
  const saved = page.locator('.saved-views li', { hasText: name });
  await saved.getByText('Change').click();
  await saved.getByRole('button', { name: 'Delete this view' }).click();
  await expect(saved).toHaveCount(0);
});
