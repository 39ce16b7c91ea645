// The header's pill: the live state of the kill switch, without reloading the page.
import { spawnSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { email, logIn, NOBODY, PASSWORD } from './support/accounts';
import { expect, expectNoHorizontalScroll, test } from './support/test';

/** The page polls every five seconds, and a request times out after four. */
const SOON = { timeout: 15_000 };

/** Counts the page loads from now on. */
function loads(page: Page): () => number {
  let count = 0;
  page.on('domcontentloaded', () => (count += 1));
  return () => count;
}

test.describe('the emergency stop', () => {
  const KEY = 'omc:emergency_stop';
  const url = process.env['REDIS_URL'];
  const absent = spawnSync('redis-cli', ['--version']).error !== undefined;
  test.skip(url === undefined, 'REDIS_URL is not set: the demo found no redis-server');
  test.skip(absent, 'redis-cli is not installed');

  function redis(...command: string[]): string {
    const { status, stdout, stderr } = spawnSync('redis-cli', ['-u', url ?? '', ...command], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout.trim();
  }

  // The demo's history leaves the key unset.
  test.afterEach(() => {
    redis('DEL', KEY);
  });

  test('the pill follows activation and clear of the stop', async ({
    page,
  }) => {
    await page.goto('/trades');
    const pill = page.locator('.pill');
    await expect(page.locator('.pill-short')).not.toHaveText('Unknown', SOON);
    const before = await pill.innerText();
    expect(before).not.toContain('Stopped');
    const loaded = loads(page);
    redis('SET', KEY, 'true');
    await expect(page.locator('.pill-short')).toHaveText(/^Stopped/, SOON);
    await expect(pill).toHaveClass(/\bstop\b/);
    await expect(pill).toHaveAttribute('title', /^Trading is stopped\./);
    redis('DEL', KEY);
    await expect(pill).toHaveText(before, { ...SOON, useInnerText: true });
    await expect(pill).not.toHaveClass(/\bstop\b/);
    expect(loaded()).toBe(0);
  });
});

test('the pill is unknown while the console does not answer', async ({
  page,
  complaints,
}) => {
  await page.goto('/trades');
  const short = page.locator('.pill-short');
  // A machine that has just started, or is busy: the page asks again by itself.
  await expect(short).not.toHaveText('Unknown', SOON);
  const loaded = loads(page);
  complaints.expectNoAnswer('/api/fn/live_status');
  await page.route('**/api/fn/live_status', (route) => route.abort('failed'));
  await expect(short).toHaveText('Unknown', SOON);
  await expect(page.locator('.pill')).toHaveAttribute('title', /does not answer/);
  await page.unroute('**/api/fn/live_status');
  await expect(short).not.toHaveText('Unknown', SOON);
  expect(loaded()).toBe(0);
});

test.describe('a session of its own', () => {
  test.use({ storageState: NOBODY });

  test('the pill is unknown after the session has ended', async ({ page, complaints }) => {
    await page.goto('/login?next=%2Ftrades');
    await logIn(page, email('auditor'), PASSWORD);
    await expect(page).toHaveURL(/\/trades$/);
    complaints.expectStatus(401);
    await page.context().clearCookies();
    await expect(page.locator('.pill-short')).toHaveText('Unknown', SOON);
    await expect(page.locator('.pill')).toHaveAttribute('title', /no longer logged in/);
  });
});

test('the longest live state fits every window', async ({ page }) => {
  await page.route('**/api/fn/live_status', async (route) => {
    const answer = await route.fetch();
    const live = (await answer.json()) as Record<string, unknown>;
    const longest = { short: 'Declared, not enforced', since: ' since 24 Nov 2025' };
    await route.fulfill({ response: answer, json: { ...live, ...longest } });
  });
  await page.goto('/trades');
  await expect(page.locator('.pill-since')).toHaveText('since 24 Nov 2025', SOON);
  for (const width of [320, 390, 540, 861, 1181, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await expectNoHorizontalScroll(page);
  }
});
