/** The same again with somebody else's load: Postfix's own smtp-source, which opens a connection for each message. */
import { findPeer } from '../test/peers/peers.ts';
import { run } from '../test/program.ts';
import type { BenchServer } from './server.ts';

const MESSAGES = 1_000;
const SESSIONS = 20;

export const SMTP_SOURCE_LOAD = `smtp-source, ${MESSAGES} messages of 2048 B, ${SESSIONS} sessions at a time, one message each`;

/** Messages a second; undefined when it isn't installed. */
export async function smtpSource(server: BenchServer): Promise<number | undefined> {
  const program = findPeer('smtp-source');
  if (program === undefined) return undefined;
  const counts = ['-s', String(SESSIONS), '-m', String(MESSAGES), '-l', '2048'];
  const start = performance.now();
  const ran = await run(program, [
    ...counts,
    '-f',
    'sender@elsewhere.test',
    '-t',
    server.recipient,
    `127.0.0.1:${server.port}`,
  ]);
  if (ran.code !== 0) throw new Error(`smtp-source: ${ran.stderr}`);
  return MESSAGES / ((performance.now() - start) / 1_000);
}
