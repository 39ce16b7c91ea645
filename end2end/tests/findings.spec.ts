// An auditor explains findings, with JavaScript and without.
import { isListed, noteForm, notes, openFinding, openFindingId, sendNote } from './support/findings';
import { expect, expectAccessible, test } from './support/test';

test('a finding that an auditor explains is no longer listed as open', async ({
  page,
  request,
  javaScriptEnabled,
}) => {
  // Notes are never taken back, so each of the two ways has findings of its own.
  const id = await openFindingId(request, javaScriptEnabled ? 'newest' : 'oldest');
  await openFinding(page, id);
  const subject = await page.locator('main .facts code.id').first().innerText();
  expect(await isListed(request, id, 'open', subject)).toBe(true);
  const before = await notes(page).count();
  await noteForm(page).getByLabel('Answer').selectOption({ label: 'Explained' });
  await noteForm(page).getByLabel('Note').fill('Looked into it.\n<b>Known</b> to the desk.');
  expect((await sendNote(page)).status()).toBe(303);
  await expect(page).toHaveURL(new RegExp(`/findings/${id}#notes$`));
  await expect(notes(page)).toHaveCount(before + 1);
  const note = notes(page).last();
  await expect(note).toContainText('<b>Known</b> to the desk.');
  await expect(note).toContainText('auditor@demo.local');
  await expect(page.locator('.page-head')).toContainText('Explained');
  await expectAccessible(page);
  expect(await isListed(request, id, 'open', subject)).toBe(false);
  expect(await isListed(request, id, 'explained', subject)).toBe(true);
});

test('the navigation links to open findings, and a rule to its findings', async ({
  page,
  request,
}) => {
  await openFindingId(request, 'newest');
  await page.goto('/');
  const entry = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Findings/ });
  await expect(entry.locator('#finding-count')).toBeVisible();
  await entry.click();
  await expect(page).toHaveURL(/\/findings$/);
  const rule = page.locator('.rule-list li').first();
  const name = await rule.locator('.rule-name').innerText();
  await rule.getByRole('link', { name: /open|explained/ }).first().click();
  await expect(page).toHaveURL(new RegExp(`/findings\\?rule=${name}&state=(open|explained)$`));
  for (const word of await page.locator('main td.c-type').allInnerTexts()) {
    expect(word).toBe(name);
  }
});
