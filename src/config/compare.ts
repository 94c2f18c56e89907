/** What a changed configuration means for a running server. */
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.ts';
import { fieldAt, FIELDS } from './fields.ts';

export interface ReloadPlan {
  /** Settings that take effect at once, "limits.message_size"; routes are one: "route". */
  readonly apply: readonly string[];
  /** Settings that stay as they were until a restart. */
  readonly restart: readonly string[];
}

/** The settings whose values differ, computed defaults included, in the order of the documentation. */
export function compareForReload(running: Config, wanted: Config): ReloadPlan {
  const changed = Object.keys(FIELDS).filter(
    (path) => !isDeepStrictEqual(valueAt(running, path), valueAt(wanted, path)),
  );
  const restart = changed.filter((path) => fieldAt(path)?.change === 'restart');
  const apply = changed.filter((path) => !restart.includes(path));
  return { apply: isDeepStrictEqual(running.routes, wanted.routes) ? apply : [...apply, 'route'], restart };
}

/** The value of a setting in the Config, whose names are those of the file in camelCase. */
export function valueAt(config: Config, path: string): unknown {
  const names = path
    .split('.')
    .map((name) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], config);
}
