/** Whether a server, in this very run, syncs a message before it answers for it: seen from outside, with strace. */
import { join } from 'node:path';
import { findPeer } from '../test/peers/peers.ts';
import { sendMail } from '../test/conversation.ts';
import { answered, descriptor, isSync, trace } from '../test/trace.ts';
import type { BenchServer } from './server.ts';

const MESSAGES = 5;

/** A sentence for the table. */
export async function synced(server: BenchServer, directory: string): Promise<string> {
  const strace = findPeer('strace');
  if (strace === undefined) return 'not looked at: strace is not installed';
  const tracing = await trace(strace, await server.processes(), join(directory, `${server.name}.trace`));
  const answers: string[] = [];
  for (let n = 0; n < MESSAGES; n++) {
    const mail = {
      from: 'sender@elsewhere.test',
      to: [server.recipient],
      text: 'Subject: synced?\n\nBefore the 250.\n',
    };
    answers.push(await sendMail(server.port, mail));
  }
  const calls = await tracing.stop();
  const good = answers.filter((answer) =>
    answered(calls, answer)?.between.some((call) => isSync(call) && server.place.test(descriptor(call))),
  ).length;
  return `${good} of ${MESSAGES} messages were synced between the last octet read and the 250`;
}
