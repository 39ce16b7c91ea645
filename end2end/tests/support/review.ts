// Reading and signing the review of an episode, on its dossier.
import type { Locator, Page, Response } from '@playwright/test';
import { expect } from './test';

/** What a reviewer types. */
export interface Statement {
  verdict: string;
  cause?: string;
  action?: string;
  note: string;
}

/** The form; there is none for who may not sign. */
export function reviewForm(page: Page): Locator {
  return page.locator('#review form');
}

/** What was signed, in order. */
export function entries(page: Page): Locator {
  return page.locator('#review .signature');
}

/** Opens the dossier. */
export async function openDossier(page: Page, id: string): Promise<void> {
  const answer = await page.goto(`/kill-switch/${id}`);
  expect(answer?.status(), `the dossier of ${id}`).toBe(200);
}

/** Fills the form in. */
export async function fillIn(page: Page, statement: Statement): Promise<void> {
  const form = reviewForm(page);
  await form.getByLabel('Verdict').selectOption({ label: statement.verdict });
  await form.getByLabel('Cause').fill(statement.cause ?? '');
  await form.getByLabel('What was done').fill(statement.action ?? '');
  await form.getByLabel('What happened').fill(statement.note);
}

/** Sends the form and returns the answer to it. */
export async function send(page: Page): Promise<Response> {
  const answer = page.waitForResponse((response) => response.request().method() === 'POST');
  await reviewForm(page).getByRole('button').click();
  const answered = await answer;
  await page.waitForLoadState('domcontentloaded');
  return answered;
}

/** Signs: the entry is on the page then. */
export async function sign(page: Page, statement: Statement): Promise<void> {
  const before = await entries(page).count();
  await fillIn(page, statement);
  expect((await send(page)).status()).toBe(303);
  await expect(page).toHaveURL(/\/kill-switch\/[^/?]+#review$/);
  await expect(entries(page)).toHaveCount(before + 1);
  await expect(entries(page).last()).toContainText(statement.note);
}
