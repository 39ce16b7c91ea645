// `cargo xtask test --e2e` sets the environment: the console's address, a Chromium.
import { defineConfig, type Project } from '@playwright/test';
import { stateFile } from './tests/support/accounts';
import { NARROW, WIDE } from './tests/support/looks';

const baseURL = process.env['E2E_BASE_URL'];
if (baseURL === undefined) {
  throw new Error('E2E_BASE_URL is not set: run `cargo xtask test --e2e`, which starts a console');
}
const chromium = process.env['E2E_CHROMIUM'];

/** One way of looking at the console, and the tests that make sense there. */
function look(
  name: string,
  use: NonNullable<Project['use']>,
  tests: Pick<Project, 'testMatch' | 'testIgnore'>,
): Project {
  const storageState = stateFile('auditor');
  return { name, use: { storageState, ...use }, dependencies: ['set up'], ...tests };
}

export default defineConfig({
  testDir: 'tests',
  // Below test-results, so that the screenshots beside it outlive a run's clean-up.
  outputDir: 'test-results/artifacts',
  fullyParallel: true,
  // A browser is busy about half of the time, waiting for the console and its database.
  workers: 2,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  timeout: 60_000,
  use: {
    baseURL,
    browserName: 'chromium',
    trace: process.env['E2E_TRACE'] === undefined ? 'off' : 'retain-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'set up', testMatch: '*.setup.ts' },
    look(
      'js-light-1440',
      { viewport: WIDE, colorScheme: 'light' },
      { testMatch: '*.spec.ts', testIgnore: 'nojs.spec.ts' },
    ),
    look(
      'js-dark-1440',
      { viewport: WIDE, colorScheme: 'dark' },
      { testMatch: 'theme.spec.ts' },
    ),
    look(
      'js-light-390',
      { viewport: NARROW, colorScheme: 'light' },
      { testMatch: 'theme.spec.ts' },
    ),
    look(
      'nojs-1440',
      { viewport: WIDE, colorScheme: 'light', javaScriptEnabled: false },
      {
        testMatch: [
          'pages.spec.ts',
          'nojs.spec.ts',
          'login.spec.ts',
          'session-ended.spec.ts',
          'export.spec.ts',
          'dossier.spec.ts',
          'findings.spec.ts',
          'histogram.spec.ts',
          'filter-form.spec.ts',
          'views.spec.ts',
        ],
      },
    ),
  ],
});
