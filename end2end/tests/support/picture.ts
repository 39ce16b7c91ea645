// The picture of time over a list, and the facets beside it.
import type { Locator, Page } from '@playwright/test';
import { rows } from './lists';
import { expect } from './test';

/** A bar of the picture, as the table of the same numbers tells it. */
export interface Bar {
  /** Where it leads. */
  href: string;
  /** Its rows, and those of each kind. */
  all: number;
  kinds: number[];
}

/** Opens a list with its picture. One that is still being counted, on a busy machine, is there when it is loaded again. */
export async function openCounted(page: Page, address: string): Promise<void> {
  await expect(async () => {
    await page.goto(address);
    await expect(page.locator('.picture')).not.toContainText('Loading chart', { timeout: 100 });
  }).toPass({ timeout: 30_000 });
}

/** How many rows the list says it has; it fails where that is not exact. */
export async function told(page: Page): Promise<number> {
  const words = await page.locator('#shown').innerText();
  expect(words).toMatch(/^[\d,]+ /);
  return number(words);
}

/** `1,234 decisions` as 1234. */
function number(words: string): number {
  return Number(/[\d,]+/.exec(words)?.[0].replaceAll(',', ''));
}

/** The bars as links, which have no place in the order of the Tab key. */
export function barLinks(page: Page): Locator {
  return page.locator('svg.bars a');
}

/** The part of that bar that answers the pointer: all of its height. */
export function barArea(page: Page, index: number): Locator {
  return barLinks(page).nth(index).locator('.hit');
}

/** The table of the same numbers, closed at first. */
export function twin(page: Page): Locator {
  return page.locator('.picture details', { hasText: 'As a table' });
}

/** The bars in order, as the table has them. */
export async function bars(page: Page): Promise<Bar[]> {
  const lines = await twin(page)
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

/** The first and the last moment of a bar's range, or of any list's, by its own address. */
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

/** The moments of the rows on the page. */
export async function rowTimes(page: Page): Promise<number[]> {
  const times = rows(page).locator('.c-time time');
  const said = await times.evaluateAll((found) => found.map((at) => at.getAttribute('datetime')));
  return said.map((at) => Date.parse(at ?? ''));
}

/** The facets, beside the rows or over them. */
export function facets(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Facets' });
}

/** The values of a facet, each a link. */
export function values(page: Page, param: string): Locator {
  return facets(page).locator(`section[aria-labelledby="facet-${param}"] a`);
}

/** How many rows a facet says one of its values has. */
export async function rowsOf(value: Locator): Promise<number> {
  return number(await value.locator('.num').innerText());
}
