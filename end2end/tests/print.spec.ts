// A printed dossier: the record and its origin, without controls.
import { email, stateFile } from './support/accounts';
import { fullest } from './support/episodes';
import { openDossier, reviewForm } from './support/review';
import { expect, test } from './support/test';

// Only users who may sign have a form on the page.
test.use({ storageState: stateFile('admin') });

test('a printed dossier has the record and no controls', async ({ page, request }) => {
  const leak = 'mechanism=toggle&leaks=yes&state=closed';
  const { id } = await fullest(request, leak, email('admin'));
  await openDossier(page, `${id}?tz=Australia%2FSydney`);
  const paper = page.locator('.print-header');
  const controls = {
    form: reviewForm(page),
    navigation: page.getByRole('navigation', { name: 'Main' }),
    pill: page.locator('.pill'),
    exports: page.getByRole('link', { name: '↓ Timeline CSV' }),
    zoom: page.getByRole('navigation', { name: 'Span of the timeline' }),
  };
  await expect(paper).toBeHidden();
  for (const [name, control] of Object.entries(controls)) {
    await expect(control, `${name} on the screen`).toBeVisible();
  }

  await page.emulateMedia({ media: 'print' });
  await expect(paper).toBeVisible();
  await expect(paper).toContainText(id);
  await expect(paper).toContainText('Australia/Sydney');
  await expect(paper).toContainText(/As of.*\d{4} \d\d:\d\d:\d\d/);
  for (const [name, control] of Object.entries(controls)) {
    await expect(control, `${name} on paper`).toBeHidden();
  }
  for (const kept of ['h1', '.banner', '.figures', '#timeline svg', '.t-leaks', '.t-timeline']) {
    await expect(page.locator(`.dossier ${kept}`).first(), `${kept} on paper`).toBeVisible();
  }

  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(pdf.slice(0, 5)).toBe('%PDF-');
  const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
  expect(pages.length).toBeGreaterThanOrEqual(1);
  // A4 upright, in points.
  expect(pdf).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
});
