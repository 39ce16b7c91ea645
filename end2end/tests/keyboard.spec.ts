// Keyboard shortcuts: search, move between rows, open, help.
import type { Page } from '@playwright/test';
import { email, stateFile } from './support/accounts';
import { fullest } from './support/episodes';
import { rowIds } from './support/lists';
import { expect, test } from './support/test';

/** The index of the selected row; -1 for none. */
async function chosenRow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('main table.rows tbody tr')];
    return all.findIndex(
      (row) => row.getAttribute('aria-selected') === 'true' || row.contains(document.activeElement),
    );
  });
}

/** Opens a page and waits until its islands are loaded, which is when `?` opens the help. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(async () => {
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible({ timeout: 200 });
  }).toPass();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

test('/ focuses the search field and types nothing', async ({ page }) => {
  await open(page, '/trades');
  await page.keyboard.press('/');
  const search = page.locator('input[name="q"]').first();
  await expect(search).toBeFocused();
  await expect(search).toHaveValue('');
  // In a field the letters are letters.
  await page.keyboard.type('jk?');
  await expect(search).toHaveValue('jk?');
  await expect(page.getByRole('dialog')).toBeHidden();
});

for (const view of ['trades', 'kill-switch']) {
  test(`j and k move between the rows of ${view}, Enter opens one`, async ({ page }) => {
    await open(page, `/${view}`);
    const ids = await rowIds(page, view);
    await page.keyboard.press('j');
    await expect.poll(() => chosenRow(page)).toBe(0);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => chosenRow(page)).toBe(2);
    await page.keyboard.press('k');
    await expect.poll(() => chosenRow(page)).toBe(1);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/${view}/${ids[1]}$`));
  });
}

test('? lists the shortcuts', async ({ page }) => {
  await open(page, '/trades');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText(/search/i);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test.describe('an admin', () => {
  test.use({ storageState: stateFile('admin') });

  test('Tab reaches everything on a dossier', async ({ page, request }) => {
    const { id } = await fullest(request, 'leaks=yes&state=closed', email('admin'));
    await open(page, `/kill-switch/${id}`);
    const wanted = await page.evaluate(() => {
      const kinds = 'a[href], button, input, select, textarea, summary, [tabindex]';
      const all = [...document.querySelectorAll<HTMLElement | SVGElement>(kinds)].filter(
        (element) => element.tabIndex >= 0 && element.checkVisibility(),
      );
      for (const [place, element] of all.entries()) {
        element.dataset['place'] = String(place);
      }
      // From where the keyboard starts on a new page.
      (document.activeElement as HTMLElement).blur();
      return all.map((element) => element.outerHTML.slice(0, 120));
    });
    expect(wanted.length).toBeGreaterThan(40);
    const reached = new Set<number>();
    const unseen: string[] = [];
    // What scrolls takes the focus as well, in some browsers.
    for (let presses = 0; presses < wanted.length + 20; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | SVGElement;
        return {
          place: element.dataset['place'],
          told: element.outerHTML.slice(0, 120),
          outlined: getComputedStyle(element).outlineStyle !== 'none',
        };
      });
      if (focused.place !== undefined) {
        reached.add(Number(focused.place));
        if (!focused.outlined) {
          unseen.push(focused.told);
        }
      }
    }
    expect(wanted.filter((_, place) => !reached.has(place))).toEqual([]);
    expect(unseen, 'focused without a sign of it').toEqual([]);
  });
});
