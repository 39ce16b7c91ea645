// List pages: rows, their links, and the links to the previous and next page.
import type { Locator, Page } from '@playwright/test';

/** The rows of the list; its histogram has a table of its own. */
export function rows(page: Page): Locator {
  return page.locator('main table.rows tbody tr');
}

/** The link of a row to its own page. */
export function rowLink(page: Page, view: string, index: number): Locator {
  return rows(page).nth(index).locator(`a[href^="/${view}/"]`).first();
}

/** The ids of the rows on the page, in order, as their links name them. */
export async function rowIds(page: Page, view: string): Promise<string[]> {
  const links = rows(page).locator(`a[href^="/${view}/"]`);
  const addresses = await links.evaluateAll((found) =>
    found.map((link) => new URL((link as HTMLAnchorElement).href).pathname),
  );
  const ids = addresses.map((address) => decodeURIComponent(address.slice(view.length + 2)));
  // A row may link to its page from more than one cell.
  return [...new Set(ids)];
}

/** The link to the page after this one in the list's order. */
export function nextLink(page: Page): Locator {
  return page.locator('main a[rel="next"]').first();
}

/** The link to the page before this one. */
export function previousLink(page: Page): Locator {
  return page.locator('main a[rel="prev"]').first();
}

/** Follows a link and waits until its page is there. */
export async function follow(page: Page, link: Locator): Promise<void> {
  const address = await link.evaluate((found) => (found as HTMLAnchorElement).href);
  await link.click();
  await page.waitForURL(address, { waitUntil: 'domcontentloaded' });
}

/** The ids of all rows, by walking every page from this one on. */
export async function walk(page: Page, view: string): Promise<string[]> {
  const ids = await rowIds(page, view);
  while ((await nextLink(page).count()) > 0) {
    await follow(page, nextLink(page));
    ids.push(...(await rowIds(page, view)));
  }
  return ids;
}
