// Reading findings, and writing notes about them.
import type { APIRequestContext, Locator, Page, Response } from '@playwright/test';
import { expect } from './test';

interface Listed {
  rows: { id: string }[];
}

/** The ids of the open findings, in that order. */
async function openIds(
  request: APIRequestContext,
  order: 'newest' | 'oldest',
): Promise<string[]> {
  const answer = await request.get(`/api/v1/findings?state=open&order=${order}`);
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as Listed).rows.map(({ id }) => id);
}

/** The first open finding in that order. The demo's history has some, as soon as the rules have looked. */
export async function openFindingId(
  request: APIRequestContext,
  order: 'newest' | 'oldest',
): Promise<string> {
  await expect
    .poll(async () => (await openIds(request, order)).length, {
      message: 'open findings',
      timeout: 30_000,
    })
    .toBeGreaterThan(0);
  return (await openIds(request, order))[0] ?? '';
}

/** Whether a finding is listed in that state. */
export async function isListed(
  request: APIRequestContext,
  id: string,
  state: 'open' | 'explained',
  q: string,
): Promise<boolean> {
  const query = new URLSearchParams({ state, q, limit: '500' });
  const answer = await request.get(`/api/v1/findings?${query.toString()}`);
  return ((await answer.json()) as Listed).rows.some((row) => row.id === id);
}

/** Opens the finding's page. */
export async function openFinding(page: Page, id: string): Promise<void> {
  const answer = await page.goto(`/findings/${id}`);
  expect(answer?.status(), `the finding ${id}`).toBe(200);
}

/** The form of a note. */
export function noteForm(page: Page): Locator {
  return page.locator('#notes form');
}

/** What people wrote, in order. */
export function notes(page: Page): Locator {
  return page.locator('#notes .signature');
}

/** Sends the form and returns the answer to it. */
export async function sendNote(page: Page): Promise<Response> {
  const answer = page.waitForResponse((response) => response.request().method() === 'POST');
  await noteForm(page).getByRole('button').click();
  const answered = await answer;
  await page.waitForLoadState('domcontentloaded');
  return answered;
}
