/** Writes every generated page, or with --check fails when one is not what its sources say. */
import { ROOT, run } from './command.ts';

/** Each is a program that takes --check. */
const GENERATORS = ['scripts/rfc.ts', 'scripts/reasons.ts', 'src/config/write-docs.ts', 'test/crash/write-docs.ts'];

for (const generator of GENERATORS) {
  const args = [generator, ...process.argv.slice(2)];
  const { failure } = await run({ command: process.execPath, args, deadline: 60, cwd: ROOT });
  if (failure === undefined) continue;
  process.stdout.write(`${generator}: ${failure}\n`);
  process.exitCode = 1;
}
