/** Floor 2: the only reader of configuration and environment. */
export { compareForReload } from './compare.ts';
export type { Config, ListenAddress, RouteConfig } from './config.ts';
export { example } from './example.ts';
export { explain } from './explain.ts';
export type { Explanation } from './explain.ts';
export { formatProblem, loadConfig } from './load.ts';
export type { Durability, Loaded, Note, Problem } from './load.ts';
export { checkNamedFiles, readSecret } from './secrets.ts';
export { parseDuration, parseSize } from './units.ts';
