// The tests' own `test`: a page on which the browser complains of anything fails its test.
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { stateFile, type Role } from './accounts';

/** What the browser complained of on the pages of a test. */
class Complaints {
  private readonly found: string[] = [];
  private readonly expected: ((text: string) => boolean)[] = [];

  constructor(private readonly scripting: boolean) {}

  /** From now on listens to that page. */
  watch(page: Page): void {
    page.on('console', (message) => {
      // A violated content security policy comes as a console error, too.
      if (message.type() === 'error' || message.type() === 'warning') {
        this.add(`console ${message.type()}: ${message.location().url}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => this.add(`uncaught: ${error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'unknown';
      // How Chromium names a download, or a request that a navigation made pointless.
      const givenUp = reason === 'net::ERR_ABORTED';
      // How it names a script that it does not load because JavaScript is off.
      const isScript = request.resourceType() === 'script';
      const switchedOff = !this.scripting && isScript && reason === 'csp';
      if (!givenUp && !switchedOff) {
        this.add(`request failed: ${request.url()}: ${reason}`);
      }
    });
    page.on('response', (response) => {
      if (response.status() >= 400) {
        this.add(`status of ${response.status()}: ${response.url()}`);
      }
    });
  }

  /** From now on an answer with that status is what the test wants. */
  expectStatus(status: number): void {
    this.expected.push((text) => text.includes(`status of ${status}`));
  }

  /** From now on the test itself keeps requests of that path from getting an answer. */
  expectNoAnswer(path: string): void {
    this.expected.push((text) => text.includes(path) && text.endsWith('net::ERR_FAILED'));
  }

  /** Everything that was not expected. */
  unexpected(): string[] {
    return this.found;
  }

  private add(text: string): void {
    if (!this.expected.some((wanted) => wanted(text))) {
      this.found.push(text);
    }
  }
}

interface Fixtures {
  complaints: Complaints;
  /** Opens a window in which that account is logged in; its complaints are watched, too. */
  as: (role: Role) => Promise<Page>;
}

/** `test` with complaints watched, on every page, always. */
export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page, javaScriptEnabled }, use) => {
      const complaints = new Complaints(javaScriptEnabled);
      complaints.watch(page);
      await use(complaints);
      expect(complaints.unexpected(), 'complaints of the browser').toEqual([]);
    },
    { auto: true },
  ],
  as: async ({ browser, complaints }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (role) => {
      const context = await browser.newContext({ storageState: stateFile(role) });
      contexts.push(context);
      const page = await context.newPage();
      complaints.watch(page);
      return page;
    });
    for (const context of contexts) {
      await context.close();
    }
  },
});

export { expect };

/** The accessibility rules that a machine can check: all of them, or those about colours. */
type Rules = 'all' | 'colours';

/**
 * Expects no violation of these accessibility rules. Nothing is checked without JavaScript, because the checker is a
 * script. The same markup is checked with JavaScript.
 */
export async function expectAccessible(page: Page, rules: Rules = 'all'): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) {
    return;
  }
  // Passed rules are not reported, and there are no frames whose results have to be combined: both took
  // longer than the check.
  const checker = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode(true);
  if (rules === 'colours') {
    checker.withRules(['color-contrast', 'link-in-text-block']);
  }
  const { violations } = await checker.analyze();
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.slice(0, 5).map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
  }));
  expect(told, 'accessibility violations').toEqual([]);
}

/** Expects that the page is no wider than the window. */
export async function expectNoHorizontalScroll(page: Page): Promise<void> {
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  expect(content, 'width of the page in px').toBeLessThanOrEqual(window);
}

/**
 * With `E2E_PICTURES` set, keeps a screenshot of the whole page in test-results/screens/<look>/<name>.png, for people to
 * look at.
 */
export async function keepScreenshot(
  page: Page,
  name: string,
  look: string = test.info().project.name,
): Promise<void> {
  if (process.env['E2E_PICTURES'] === undefined) {
    return;
  }
  const folder = path.join(__dirname, '../../test-results/screens', look);
  // A sticky header would cover a part of the screenshot if the page were scrolled.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
