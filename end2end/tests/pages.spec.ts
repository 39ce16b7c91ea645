// Every page answers, has one main heading and causes no browser error. In both widths and both colour schemes it has
// no accessibility violation and fits its window. A screenshot is kept.
import type { Page } from '@playwright/test';
import { email, NOBODY, stateFile } from './support/accounts';
import { fullest } from './support/episodes';
import { noteForm, openFinding, openFindingId, sendNote } from './support/findings';
import { rowLink, rows } from './support/lists';
import { NARROW, WIDE } from './support/looks';
import { chartTable, facets, openWithHistogram } from './support/histogram';
import { openDossier, reviewForm, send } from './support/review';
import {
  expect,
  expectAccessible,
  expectNoHorizontalScroll,
  keepScreenshot,
  test,
} from './support/test';

const WIDTHS = [WIDE, NARROW];
const SCHEMES = ['light', 'dark'] as const;

/** `open` is called for each width, because the parts to open depend on it. */
async function expectWellMade(
  page: Page,
  name: string,
  open: () => Promise<void> = async () => {},
): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page).toHaveTitle(/\S/);
  if (test.info().project.use.javaScriptEnabled === false) {
    await open();
    await expectNoHorizontalScroll(page);
    await keepScreenshot(page, name);
    return;
  }
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    await open();
    await expectNoHorizontalScroll(page);
    for (const colorScheme of SCHEMES) {
      // Colours that fade into each other would be neither scheme's.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await keepScreenshot(page, name, `js-${colorScheme}-${size.width}`);
      // Only colours differ between the schemes.
      await expectAccessible(page, colorScheme === 'light' ? 'all' : 'colours');
    }
  }
}

test('overview', async ({ page }) => {
  const answer = await page.goto('/');
  expect(answer?.status()).toBe(200);
  await expectWellMade(page, 'overview');
});

// The list itself has all rows of a page. The other pages have fewer, because their markup is the same.
const VIEWS = [
  { view: 'trades', filtered: 'asset=BTC&decision=BUY&limit=20' },
  { view: 'signals', filtered: 'coin=BTC&action=buy&limit=20' },
  { view: 'events', filtered: 'type=TRADE_REJECTED&severity=warning&limit=20' },
  { view: 'kill-switch', filtered: 'mechanism=emergency_stop' },
  { view: 'findings', filtered: 'severity=critical&severity=warning&state=open&limit=20' },
];

test('the bar of a confidence has the right length', async ({ page }) => {
  await page.goto('/signals?min_confidence=0.1&max_confidence=0.9');
  const confidence = page.locator('.conf').first();
  const says = Number(await confidence.innerText());
  const [track, fill] = await confidence
    .locator('rect')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().width));
  expect(track).toBeGreaterThan(0);
  expect((fill ?? 0) / (track ?? 1)).toBeCloseTo(says, 1);
});

for (const { view, filtered } of VIEWS) {
  test(`${view}: the list`, async ({ page }) => {
    const answer = await page.goto(`/${view}`);
    expect(answer?.status()).toBe(200);
    expect(await rows(page).count()).toBeGreaterThan(0);
    await expectWellMade(page, view);
  });

  test(`${view}: filtered`, async ({ page }) => {
    await page.goto(`/${view}?${filtered}`);
    expect(await rows(page).count()).toBeGreaterThan(0);
    await expectWellMade(page, `${view}-filtered`);
  });

  test(`${view}: nothing matches`, async ({ page }) => {
    const answer = await page.goto(`/${view}?from=2001-01-01&to=2001-01-02`);
    expect(answer?.status()).toBe(200);
    await expect(rowLink(page, view, 0)).toHaveCount(0);
    await expectWellMade(page, `${view}-empty`);
  });

  test(`${view}: a row's own page`, async ({ page }) => {
    await page.goto(`/${view}`);
    await rowLink(page, view, 0).click();
    await expect(page).toHaveURL(new RegExp(`/${view}/[^/?]+$`));
    await expectWellMade(page, `${view}-detail`);
  });
}

for (const view of ['trades', 'signals', 'events']) {
  test(`${view}: the histogram as a table, the facets open`, async ({ page }) => {
    await openWithHistogram(page, `/${view}?limit=20`);
    await chartTable(page).locator('summary').click();
    await expect(chartTable(page).getByRole('table')).toBeVisible();
    const button = page.getByRole('button', { name: 'Facets' });
    await expectWellMade(page, `${view}-facets`, async () => {
      // Where there is room they stand beside the rows.
      if (await button.isVisible()) {
        await button.click();
      }
      await expect(facets(page)).toBeVisible();
    });
  });
}

for (const { view, cols } of [
  { view: 'trades', cols: 'asset,order_status,filled_quantity,block_reason,id' },
  { view: 'events', cols: 'type,user,details,id' },
]) {
  test(`${view}: chosen columns`, async ({ page }) => {
    await page.goto(`/${view}?cols=${cols}&limit=20`);
    expect(await rows(page).count()).toBeGreaterThan(0);
    await expectWellMade(page, `${view}-columns`);
  });
}

test('saved views', async ({ page }) => {
  const answer = await page.goto('/views');
  expect(answer?.status()).toBe(200);
  await expectWellMade(page, 'views');
});

const TRACES = [
  { name: 'filled', filter: 'order_status=filled' },
  { name: 'blocked', filter: 'outcome=blocked' },
  { name: 'missing', filter: 'order_status=missing' },
];

for (const { name, filter } of TRACES) {
  test(`trace: ${name}`, async ({ page }) => {
    await page.goto(`/trades?limit=1&${filter}`);
    const decision = (await rowLink(page, 'trades', 0).getAttribute('href')) ?? '';
    const answer = await page.goto(decision.replace('/trades/', '/traces/'));
    expect(answer?.status()).toBe(200);
    await expect(page.locator('.steps > li').first()).toBeVisible();
    await expectWellMade(page, `trace-${name}`);
  });
}
test('findings: a rule with its query', async ({ page }) => {
  const answer = await page.goto('/findings/rules/leak-during-stop');
  expect(answer?.status()).toBe(200);
  await expect(page.locator('main pre')).toContainText('SELECT');
  await expectWellMade(page, 'findings-rule');
});

test('findings: a note that cannot be taken', async ({ page, complaints, request }) => {
  await openFinding(page, await openFindingId(request, 'newest'));
  await noteForm(page).getByLabel('Note').fill('Too short');
  // The browser would not send it.
  await noteForm(page).evaluate((form) => ((form as HTMLFormElement).noValidate = true));
  complaints.expectStatus(400);
  expect((await sendNote(page)).status()).toBe(400);
  await expect(page.locator('#notes .field-error')).toHaveCount(2);
  await expect(noteForm(page).getByLabel('Note')).toHaveValue('Too short');
  await expectWellMade(page, 'findings-refused-form');
});

const DOSSIERS = [
  { name: 'leak', filter: 'mechanism=toggle&leaks=yes&state=closed', says: 'Trading went on.' },
  {
    name: 'stop',
    filter: 'mechanism=emergency_stop&leaks=no&state=closed',
    says: 'Trading was stopped.',
  },
  { name: 'open', filter: 'mechanism=toggle&state=open', says: 'Trading goes on.' },
];

for (const { name, filter, says } of DOSSIERS) {
  test(`dossier: ${name}`, async ({ page, request }) => {
    await openDossier(page, (await fullest(request, filter)).id);
    await expect(page.locator('.banner')).toContainText(says);
    await expectWellMade(page, `dossier-${name}`);
  });
}

test('dossier: zoomed', async ({ page, request }) => {
  await openDossier(page, (await fullest(request, 'leaks=yes&state=closed')).id);
  const parts = page.getByRole('navigation', { name: 'Zoom into a part' }).getByRole('link');
  await page.goto((await parts.nth(3).getAttribute('href')) ?? '');
  await expectWellMade(page, 'dossier-zoomed');
});

test('kill-switch: overdue reviews', async ({ page }) => {
  await page.goto('/kill-switch?review=overdue');
  expect(await rows(page).count()).toBeGreaterThan(0);
  await expectWellMade(page, 'kill-switch-overdue');
});

test.describe('an admin', () => {
  test.use({ storageState: stateFile('admin') });

  test('dossier: a review that cannot be taken', async ({ page, complaints, request }) => {
    const { id } = await fullest(request, 'leaks=yes&state=closed', email('admin'));
    await openDossier(page, id);
    await reviewForm(page).getByLabel('What happened').fill('Too short');
    // The browser would not send it.
    await reviewForm(page).evaluate((form) => ((form as HTMLFormElement).noValidate = true));
    complaints.expectStatus(400);
    expect((await send(page)).status()).toBe(400);
    await expect(page.locator('#review .field-error')).toHaveCount(2);
    await expectWellMade(page, 'dossier-refused-form');
  });
});

test.describe('nobody logged in', () => {
  test.use({ storageState: NOBODY });

  test('log in', async ({ page }) => {
    const answer = await page.goto('/login');
    expect(answer?.status()).toBe(200);
    await expectWellMade(page, 'login');
  });
});

const ERRORS = [
  { name: 'no-such-page', path: '/no-such-page', status: 404, says: /./ },
  { name: 'no-such-rule', path: '/findings/rules/nothing', status: 404, says: /rule/ },
  {
    name: 'no-such-trade',
    path: '/trades/00000000-0000-4000-8000-000000000000',
    status: 404,
    says: /./,
  },
  { name: 'unknown-parameter', path: '/trades?colour=red', status: 400, says: /colour/ },
  { name: 'wrong-value', path: '/trades?limit=501', status: 400, says: /limit/ },
  { name: 'wrong-counts', path: '/trades?counts=many', status: 400, says: /counts.*about or exact/ },
];

for (const { name, path, status, says } of ERRORS) {
  test(`error page: ${name}`, async ({ page, complaints }) => {
    complaints.expectStatus(status);
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(status);
    await expect(page.getByRole('main')).toContainText(says);
    await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
    await expectWellMade(page, `error-${name}`);
  });
}
