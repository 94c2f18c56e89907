/** What a running process asks of the system, by strace: enough to see what was synced before an answer left. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Call {
  readonly name: string;
  /** As strace prints them; descriptors come with their paths or addresses. */
  readonly args: string;
  /** Undefined while it had not returned at the end of the trace. */
  readonly result: string | undefined;
  /** Line numbers of the trace: the order in which calls began and returned, over all threads. */
  readonly begun: number;
  readonly ended: number;
}

export interface Tracing {
  /** Lets the process go on alone, and gives what it did. */
  stop(): Promise<readonly Call[]>;
}

const CALLS =
  'trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync,rename,link,unlink';

/** Attaches to the processes and all their threads and children, and resolves when that is done. `strace` is the program's path. */
export async function trace(strace: string, pids: readonly number[], file: string): Promise<Tracing> {
  const which = pids.flatMap((pid) => ['-p', String(pid)]);
  const child = spawn(strace, ['-f', '-yy', '-s', '120', '-e', CALLS, '-o', file, ...which], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split(' attached').length > pids.length) resolve();
    });
    child.once('error', reject);
    child.once('close', () => {
      reject(new Error(`strace ended: ${said}`));
    });
  });
  return {
    async stop() {
      child.kill('SIGINT');
      await ended;
      return parseTrace(await readFile(file, 'latin1'));
    },
  };
}

/** A call that another thread interrupted stands in two lines, which are put together. */
function parseTrace(text: string): readonly Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { readonly name: string; readonly args: string; readonly begun: number }>();
  for (const [line, written] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(written) ?? [];
    const begun = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest);
    if (begun !== null) {
      open.set(thread, { name: begun[1] as string, args: begun[2] as string, begun: line });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)\) += (.*)$/.exec(rest);
    const half = open.get(thread);
    if (resumed !== null && half !== undefined) {
      open.delete(thread);
      const args = half.args + (resumed[1] as string);
      calls.push({ ...half, args, result: resumed[2] as string, ended: line });
      continue;
    }
    const whole = /^(\w+)\((.*)\) += (.*)$/.exec(rest);
    if (whole !== null)
      calls.push({
        name: whole[1] as string,
        args: whole[2] as string,
        result: whole[3] as string,
        begun: line,
        ended: line,
      });
  }
  for (const half of open.values()) calls.push({ ...half, result: undefined, ended: Number.POSITIVE_INFINITY });
  return calls.toSorted((a, b) => a.begun - b.begun);
}

function isWrite({ name }: Call): boolean {
  return /^(write|writev|sendto|sendmsg)$/.test(name);
}

function isRead({ name }: Call): boolean {
  return /^(read|readv|recvfrom|recvmsg)$/.test(name);
}

/** A sync that came to its end without an error. */
export function isSync({ name, result }: Call): boolean {
  return /^(fsync|fdatasync)$/.test(name) && result === '0';
}

/** The descriptor that the call works on: "24<TCP:[…]>". */
export function descriptor({ args }: Call): string {
  return /^\d+<.*?>(?=,|$)/.exec(args)?.[0] ?? args;
}

/** An answer, and everything that began and ended between the last octets read from its socket and its write. */
export interface Answered {
  readonly answer: Call;
  readonly between: readonly Call[];
}

/** Finds the write of an answer that holds `text`; undefined when there is none. */
export function answered(calls: readonly Call[], text: string): Answered | undefined {
  const answer = calls.find((call) => isWrite(call) && call.args.includes(text));
  if (answer === undefined) return undefined;
  const socket = descriptor(answer);
  const read = calls.findLast(
    (call) => isRead(call) && call.ended < answer.begun && descriptor(call) === socket && Number(call.result) > 0,
  );
  const since = read?.ended ?? 0;
  return { answer, between: calls.filter((call) => call.begun > since && call.ended < answer.begun) };
}
