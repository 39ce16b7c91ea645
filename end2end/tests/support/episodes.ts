// Kill-switch episodes: those of the demo's history, and those that the tests insert in order to sign them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type APIRequestContext } from '@playwright/test';

/** An episode as the API returns it. */
export interface Episode {
  id: string;
  mechanism: 'emergency_stop' | 'toggle';
  activated_by: string;
  cleared_by: string | null;
  rejections: number;
  leaked_approvals: number;
  leaked_orders: number;
  review_status: 'pending' | 'reviewed' | 'overdue';
  reviewed_by: string | null;
}

/** The episodes of that filter, newest first. */
export async function episodes(request: APIRequestContext, filter = ''): Promise<Episode[]> {
  const answer = await request.get(`/api/v1/kill-switch?${filter}&limit=500`);
  expect(answer.status(), `episodes of ${filter}`).toBe(200);
  return ((await answer.json()) as { rows: Episode[] }).rows;
}

/**
 * The one of the history's own episodes of that filter in which most happened; where `uninvolved` is
 * given, one that this e-mail has neither activated nor cleared.
 */
export async function fullest(
  request: APIRequestContext,
  filter: string,
  uninvolved?: string,
): Promise<Episode> {
  const planted = new Set(Object.values(readPlanted()));
  const found = (await episodes(request, filter)).filter(
    ({ id, activated_by, cleared_by }) =>
      !planted.has(id) &&
      (uninvolved === undefined || ![activated_by, cleared_by].includes(uninvolved)),
  );
  const happened = (one: Episode): number => one.rejections + one.leaked_approvals;
  const [first] = found.sort((one, other) => happened(other) - happened(one));
  if (first === undefined) {
    throw new Error(`the history has no such episode with ${filter}`);
  }
  return first;
}

/**
 * What the tests sign. Entries of a review are never taken back, and the database outlives a run, so
 * each of these tests has an episode of its own, made for this run.
 */
export const USES = ['walk', 'pressed twice', 'sent again', 'two at once', 'hostile'] as const;
export type Use = (typeof USES)[number];

/** The name of the episode of that use, with JavaScript or without. */
export function nameOf(use: Use, scripting: boolean): string {
  return `${use}, ${scripting ? 'with' : 'without'} JavaScript`;
}

const FILE = path.join(__dirname, '../../test-results/episodes.json');

/** Keeps which episode is whose. */
export function keepPlanted(planted: Record<string, string>): void {
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify(planted, null, 2));
}

function readPlanted(): Record<string, string> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>;
}

/** The id of the episode that was planted for that use, which nobody has signed yet. */
export async function planted(
  request: APIRequestContext,
  use: Use,
  scripting: boolean,
): Promise<string> {
  const name = nameOf(use, scripting);
  const id = readPlanted()[name];
  const found = (await episodes(request, 'mechanism=toggle')).find((one) => one.id === id);
  if (id === undefined || found === undefined) {
    throw new Error(`no episode is planted for "${name}": the project "set up" plants them`);
  }
  const again = `episode ${id} was signed before: every run plants new ones, so repeat whole runs`;
  expect(found.reviewed_by, again).toBeNull();
  return id;
}
