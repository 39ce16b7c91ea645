// Reviews of kill-switch episodes: who may sign, two reviewers of leaks, no lost text, no duplicate entries.
//
// One project runs these tests, with JavaScript and without, one after the other: each completed review
// takes one from the navigation's count of reviews to do, which is everybody's.
import type { Page } from '@playwright/test';
import { email } from './support/accounts';
import { parseCsv } from './support/csv';
import { download } from './support/download';
import { planted } from './support/episodes';
import { rowIds, rows } from './support/lists';
import {
  entries,
  fillIn,
  openDossier,
  reviewForm,
  send,
  sign,
  type Statement,
} from './support/review';
import { expect, keepScreenshot, test } from './support/test';

test.describe.configure({ mode: 'default' });

const STATEMENT: Statement = {
  verdict: 'Failed to stop trading',
  cause: 'The toggle is not read by the Guard',
  action: 'Asked for the emergency stop to be pulled next time',
  note: 'The toggle was on for twelve minutes and the Guard went on approving.',
};

/** The number of pending reviews in the navigation. */
async function reviewsToDo(page: Page): Promise<number> {
  await page.goto('/kill-switch');
  return Number(await page.locator('#review-count > span').first().textContent());
}

/** The episode's row of the list. */
function rowOf(page: Page, id: string) {
  return rows(page).filter({ has: page.locator(`a[href="/kill-switch/${id}"]`) });
}

for (const scripting of [true, false]) {
  test.describe(`reviews, JavaScript ${scripting ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled: scripting });
    const suffix = scripting ? '' : '-nojs';

    test('a leak is signed by an uninvolved admin, then by a second one', async ({
      as,
      request,
    }) => {
      const id = await planted(request, 'walk', scripting);
      const [admin, admin2] = [await as('admin'), await as('admin2')];

      // Who pulled and cleared it finds it among the leaks, and is refused.
      await admin2.goto('/kill-switch');
      const filter = admin2.locator('#filter-form');
      await filter.locator('summary', { hasText: /^Leaks$/ }).click();
      await filter.getByRole('group', { name: 'Leaks' }).getByLabel('yes').check();
      await filter.getByRole('button', { name: 'Apply', exact: true }).click();
      await expect(admin2).toHaveURL(/\/kill-switch\?(.*&)?leaks=yes$/);
      await expect(rowOf(admin2, id).locator('.c-review')).toContainText(/Overdue|Pending/);
      await rowOf(admin2, id).getByRole('link').first().click();
      await expect(admin2).toHaveURL(new RegExp(`/kill-switch/${id}$`));
      await expect(admin2.locator('.banner')).toContainText('Trading went on.');
      const review = admin2.locator('#review');
      await expect(review).toContainText('You activated and cleared this stop');
      await expect(review).toContainText('somebody else has to sign first');
      await expect(reviewForm(admin2)).toHaveCount(0);
      await keepScreenshot(admin2, `dossier-refused${suffix}`);

      // One without a part signs: that is one of two.
      await openDossier(admin, id);
      await expect(admin.locator('#review')).toContainText('Nobody has signed yet.');
      await sign(admin, STATEMENT);
      const reviewStatus = admin.locator('#review .review-status');
      await expect(reviewStatus).toContainText('A second person still has to sign.');
      await expect(reviewStatus).toContainText(email('admin'));

      // The same person again is an amendment, and still one of two.
      const again = reviewForm(admin).getByRole('button', { name: 'Add an amendment' });
      await expect(again).toBeVisible();
      await sign(admin, { ...STATEMENT, note: 'The positions were closed by hand afterwards.' });
      await expect(entries(admin).last()).toContainText('amends their own entry');
      await expect(reviewStatus).toContainText('A second person still has to sign.');
      const before = await reviewsToDo(admin);
      await expect(rowOf(admin, id).locator('.c-review')).not.toContainText('Reviewed');

      // Now the one who had a part may, and completes it.
      await openDossier(admin2, id);
      await sign(admin2, { ...STATEMENT, note: 'I pulled the wrong switch. I agree with the above.' });
      await expect(admin2.locator('#review .review-status')).toContainText(
        `Reviewed by ${email('admin')} and ${email('admin2')}. Complete since`,
      );
      await expect(entries(admin2)).toHaveCount(3);
      await keepScreenshot(admin2, `dossier-reviewed${suffix}`);

      expect(await reviewsToDo(admin2)).toBe(before - 1);
      await expect(rowOf(admin2, id).locator('.c-review')).toHaveText('Reviewed');
      await admin2.goto('/kill-switch?review=reviewed');
      expect(await rowIds(admin2, 'kill-switch')).toContain(id);
      const csv = await download(
        admin2.getByRole('main').getByRole('link', { name: /CSV/ }).first(),
      );
      const [header = [], ...records] = parseCsv(csv.text);
      const record = records.find(([first]) => first === id) ?? [];
      const cell = (column: string): string | undefined => record[header.indexOf(column)];
      expect(cell('review_status')).toBe('reviewed');
      expect(cell('reviewed_by')).toContain(email('admin'));
      expect(cell('reviewed_by')).toContain(email('admin2'));
      await admin2.goto('/kill-switch?review=pending&review=overdue');
      expect(await rowIds(admin2, 'kill-switch')).not.toContain(id);
    });

    test('pressing the button twice writes one entry', async ({ as, request }) => {
      const id = await planted(request, 'pressed twice', scripting);
      const page = await as('admin');
      await openDossier(page, id);
      await fillIn(page, STATEMENT);
      await reviewForm(page).getByRole('button').dblclick();
      await expect(entries(page)).toHaveCount(1);
      await openDossier(page, id);
      await expect(entries(page)).toHaveCount(1);
    });

    test('resubmitting a form leads to its entry', async ({ as, request }) => {
      const id = await planted(request, 'sent again', scripting);
      const page = await as('admin');
      await openDossier(page, id);
      const hidden = reviewForm(page).locator('input[type="hidden"]');
      const values = await hidden.evaluateAll((found) =>
        found.map((input) => (input as HTMLInputElement).value),
      );
      await sign(page, STATEMENT);

      // Whoever goes back is shown what they signed, and a form that says so.
      await page.goBack();
      await expect(page).toHaveURL(new RegExp(`/kill-switch/${id}$`));
      await expect(entries(page)).toHaveCount(1);
      await expect(reviewForm(page).getByRole('button')).toHaveText('Add an amendment');

      // A browser that kept the page would send the same form.
      await fillIn(page, STATEMENT);
      await hidden.evaluateAll((found, old) => {
        for (const [place, input] of found.entries()) {
          (input as HTMLInputElement).value = old[place] ?? '';
        }
      }, values);
      expect((await send(page)).status()).toBe(303);
      await expect(page).toHaveURL(new RegExp(`/kill-switch/${id}#review$`));
      await expect(entries(page)).toHaveCount(1);
    });

    test('of two concurrent authors, the second sees the first entry and keeps the text', async ({
      as,
      complaints,
      request,
    }) => {
      const id = await planted(request, 'two at once', scripting);
      const [first, second] = [await as('admin'), await as('admin2')];
      await openDossier(first, id);
      await openDossier(second, id);
      const mine: Statement = {
        verdict: 'Drill',
        cause: 'An "exercise" & <nothing> more',
        action: '',
        note: '\nA first line after an empty one.\n\n- and <b>markup</b> & quotes "',
      };
      await fillIn(second, mine);
      await sign(first, STATEMENT);

      complaints.expectStatus(409);
      expect((await send(second)).status()).toBe(409);
      await expect(second.getByRole('alert')).toContainText('Somebody signed while you were writing.');
      await expect(entries(second)).toHaveCount(1);
      await expect(entries(second)).toContainText(email('admin'));
      await expect(entries(second)).toContainText(STATEMENT.note);
      const form = reviewForm(second);
      await expect(form.getByLabel('Verdict')).toHaveValue('drill');
      await expect(form.getByLabel('Cause')).toHaveValue(mine.cause ?? '');
      await expect(form.getByLabel('What happened')).toHaveValue(mine.note);
      await keepScreenshot(second, `dossier-overtaken${suffix}`);

      // Having read it, they send theirs as it stands.
      expect((await send(second)).status()).toBe(303);
      await expect(entries(second)).toHaveCount(2);
      await expect(entries(second).last()).toContainText('An "exercise" & <nothing> more');
    });

    test('a note that is too short has an error beside its field', async ({
      as,
      complaints,
      request,
    }) => {
      const id = await planted(request, 'hostile', scripting);
      const page = await as('admin');
      await openDossier(page, id);
      await fillIn(page, { ...STATEMENT, note: 'Too short' });
      // The browser would not send it.
      await reviewForm(page).evaluate((form) => ((form as HTMLFormElement).noValidate = true));
      complaints.expectStatus(400);
      expect((await send(page)).status()).toBe(400);
      const note = reviewForm(page).getByLabel('What happened');
      await expect(note).toHaveValue('Too short');
      await expect(note).toHaveAttribute('aria-invalid', 'true');
      await expect(note).toHaveAccessibleDescription(/takes 10 to 5000 characters; this has 9/);
      await expect(reviewForm(page).locator('.field-error')).toHaveCount(1);
      await expect(reviewForm(page).getByLabel('Verdict')).toHaveValue('failed_to_stop');
      await expect(reviewForm(page).getByLabel('Cause')).toHaveValue(STATEMENT.cause ?? '');
      await expect(entries(page)).toHaveCount(0);
    });

    test('a hostile note is escaped, and an auditor sees it without a form', async ({
      as,
      page,
      request,
    }) => {
      const id = await planted(request, 'hostile', scripting);
      const admin = await as('admin');
      await openDossier(admin, id);
      const script = '<script>document.title = "taken"</script>';
      const image = '<img src=x onerror="document.title = \'taken\'">';
      await fillIn(admin, {
        verdict: 'Justified',
        cause: script,
        note: `${script}\n\n${image}\n\n[a way out](javascript:alert(1)) and **bold**`,
      });
      expect((await send(admin)).status()).toBe(303);
      await expect(entries(admin)).toHaveCount(1);

      await openDossier(page, id);
      const entry = entries(page);
      await expect(entry).toHaveCount(1);
      await expect(entry.locator('dl')).toContainText(script);
      await expect(entry).toContainText('document.title = "taken"</script>');
      await expect(entry).toContainText('a way out');
      await expect(entry.locator('strong', { hasText: /^bold$/ })).toBeVisible();
      await expect(entry.locator('script, img, a[href^="javascript:"]')).toHaveCount(0);
      await expect(page).not.toHaveTitle('taken');
      await expect(page.locator('#review')).toContainText('Admins review.');
      await expect(page.locator('#review :is(form, input, textarea, button)')).toHaveCount(0);
      await keepScreenshot(page, `dossier-hostile-note${suffix}`);
    });
  });
}
