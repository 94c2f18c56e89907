/** Content files that nobody will ever name: written by a process that died before its commit. */
import { unlink } from 'node:fs/promises';
import type { Clock } from '../../base/index.ts';
import type { ContentFiles } from '../content/files.ts';
import type { Lane } from './lane.ts';

/** A file younger than this is left alone whatever it looks like. */
const OLD = 86_400_000;

export interface SweepParts {
  readonly files: ContentFiles;
  readonly reader: Lane;
  readonly clock: Clock;
  readonly stopped: () => boolean;
}

export async function sweepFiles({ files, reader, clock, stopped }: SweepParts): Promise<void> {
  for await (const { kind, names } of files.abandoned(clock.now() - OLD)) {
    if (stopped()) return;
    if (kind === 'tmp')
      await Promise.all(names.map((name) => unlink(files.temporaryPath(name)).catch(() => undefined)));
    else await sweepFinished(files, reader, names);
  }
}

/** In slices of 500: one look into the database for each. */
async function sweepFinished(files: ContentFiles, reader: Lane, names: readonly string[]): Promise<void> {
  for (let at = 0; at < names.length; at += 500) {
    const slice = names.slice(at, at + 500);
    const named = new Set(await reader.run('namedFiles', { files: slice }));
    for (const name of slice) if (!named.has(name)) await files.remove(name);
  }
}
