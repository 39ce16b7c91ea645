// PostgreSQL by its own client, for rows that only the engine writes. The console never writes them, and
// the demo's server comes from a package that brings the client along.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const VERSIONS = '/usr/lib/postgresql';

/** The client in `PATH`, else Debian's, of the highest version. */
function psql(): string {
  let versions: string[] = [];
  try {
    versions = readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one));
  } catch {
    // No Debian: `PATH` has it or nobody.
  }
  const candidates = ['psql', ...versions.map((version) => `${VERSIONS}/${version}/bin/psql`)];
  const found = candidates.find(
    (candidate) => spawnSync(candidate, ['--version']).error === undefined,
  );
  if (found === undefined) {
    throw new Error('psql is not installed: apt-get install postgresql-client');
  }
  return found;
}

/** Runs a script in one transaction. */
export function runSql(script: string): void {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) {
    throw new Error('DATABASE_URL is not set: run `cargo xtask test --e2e`, which starts a console');
  }
  const options = ['--no-psqlrc', '--quiet', '--single-transaction', '--set=ON_ERROR_STOP=1'];
  execFileSync(psql(), [...options, '--file=-', url], { input: script, encoding: 'utf8' });
}
