/** How many replies of the corpus are explained as their labels say. Of the half that is set aside only the number is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { score } from '../src/reasons/testing.ts';
import type { LabelledReply } from '../src/reasons/testing.ts';
import { ROOT } from './command.ts';

const read = (path: string): readonly LabelledReply[] => JSON.parse(readFileSync(path, 'utf8')) as LabelledReply[];

const studied = score(read(join(ROOT, 'test/corpus/replies/studied.json')));
process.stdout.write(`studied ${studied.percent} % (${studied.right} of ${studied.all})\n`);
if (process.argv.includes('--misses')) for (const miss of studied.misses) process.stdout.write(`${miss}\n`);
const other = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (other !== undefined) process.stdout.write(`set aside ${score(read(other)).percent} %\n`);
