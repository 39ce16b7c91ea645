// Downloads by clicking a link.
import { readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';

/** Clicks a download link and reads the file. */
export async function download(link: Locator): Promise<{ name: string; text: string }> {
  const started = link.page().waitForEvent('download');
  await link.click();
  const file = await started;
  const text = await readFile(await file.path(), 'utf8');
  return { name: file.suggestedFilename(), text };
}
