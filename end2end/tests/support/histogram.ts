// The histogram over a list, and the facets beside it.
import type { Locator, Page } from '@playwright/test';
import { rows } from './lists';
import { expect } from './test';

/** A bar of the histogram, as read from its table. */
export interface Bar {
  /** The address that it links to. */
  href: string;
  /** The number of its rows, and of those of each kind. */
  all: number;
  kinds: number[];
}

/** Opens a list with its histogram. Reloads while the histogram is still being counted, as on a busy machine. */
export async function openWithHistogram(page: Page, address: string): Promise<void> {
  await expect(async () => {
    await page.goto(address);
    await expect(page.locator('.histogram')).not.toContainText('Loading chart', { timeout: 100 });
  }).toPass({ timeout: 30_000 });
}

/** The number of rows that the list's heading states. Fails if the number is not exact. */
export async function rowCount(page: Page): Promise<number> {
  const words = await page.locator('#result-count').innerText();
  expect(words).toMatch(/^[\d,]+ /);
  return number(words);
}

/** `1,234 decisions` as 1234. */
function number(words: string): number {
  return Number(/[\d,]+/.exec(words)?.[0].replaceAll(',', ''));
}

/** The links of the bars. They are not reachable with the Tab key. */
export function barLinks(page: Page): Locator {
  return page.locator('svg.bars a');
}

/** The part of a bar that reacts to the pointer: its whole column. */
export function barArea(page: Page, index: number): Locator {
  return barLinks(page).nth(index).locator('.hit');
}

/** The table of the histogram's numbers; closed at first. */
export function chartTable(page: Page): Locator {
  return page.locator('.histogram details', { hasText: 'As a table' });
}

/** The bars in order, read from the table. */
export async function bars(page: Page): Promise<Bar[]> {
  const lines = await chartTable(page)
    .locator('tbody tr')
    .evaluateAll((found) =>
      found.map((line) => ({
        href: line.querySelector('a')?.getAttribute('href') ?? '',
        cells: [...line.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
      })),
    );
  return lines.map(({ href, cells }) => {
    const [all = NaN, ...kinds] = cells.map(number);
    return { href, all, kinds };
  });
}

/** Start and end of the range that a bar's or a list's address names, in milliseconds since 1970. */
export function rangeOf(href: string): [number, number] {
  const query = new URL(href, 'http://console').searchParams;
  // Days are days of the zone, which these tests choose as UTC.
  const moment = (bound: string, end: string): number =>
    Date.parse(bound.includes('T') ? bound : `${bound}T${end}Z`);
  return [
    moment(query.get('from') ?? '', '00:00:00'),
    moment(query.get('to') ?? '', '23:59:59.999'),
  ];
}

/** The timestamps of the rows on the page. */
export async function rowTimes(page: Page): Promise<number[]> {
  const times = rows(page).locator('.c-time time');
  const said = await times.evaluateAll((found) => found.map((at) => at.getAttribute('datetime')));
  return said.map((at) => Date.parse(at ?? ''));
}

/** The facets. */
export function facets(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Facets' });
}

/** The values of a facet, each a link. */
export function values(page: Page, param: string): Locator {
  return facets(page).locator(`section[aria-labelledby="facet-${param}"] a`);
}

/** The number of rows that a facet states for a value. */
export async function rowsOf(value: Locator): Promise<number> {
  return number(await value.locator('.num').innerText());
}
