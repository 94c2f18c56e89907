/**
 * Loaded before each fuzz file. In `npm test` the same commit tries the same inputs every time, so that a red run is a
 * changed program and can be had again; `npm run soak`, which has no FUZZ_SEED, tries others each time and says which.
 */
import { isMainThread } from 'node:worker_threads';

const seed = process.env['FUZZ_SEED'] ?? '';
// Workers of the program under test inherit the way they are started; the library has no business there.
if (isMainThread && seed !== '') {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}
