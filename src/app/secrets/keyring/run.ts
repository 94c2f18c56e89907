/** Another program, run to its end, bounded in time and in what it says. None of it is logged: secrets go in and out by its pipes. */
import { spawn } from 'node:child_process';
import type { Clock } from '../../../base/index.ts';

/** `slow`: it was ended because it took too long. `no-program`: it is not installed. */
export type Ended =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'slow' }
  | { readonly kind: 'no-program' };

export interface RunOptions {
  /** Written to its standard input. A secret goes this way, never among the arguments: those everybody can read. */
  readonly input?: string;
  /** Milliseconds; default 20 s. */
  readonly longest?: number;
  /** Ends it before its time; it counts as slow. */
  readonly signal?: AbortSignal;
}

/** Never rejects. */
export type RunProgram = (program: string, args: readonly string[], options?: RunOptions) => Promise<Ended>;

const LONGEST = 20_000;
/** Octets of its output that are kept: a key and a few lines. */
const MOST_OUTPUT = 100_000;

export function programRunner(clock: Clock): RunProgram {
  return (program, args, { input = '', longest = LONGEST, signal } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve({ kind: 'slow' });
        return;
      }
      const child = spawn(program, args, { stdio: 'pipe', windowsHide: true });
      const end = (): void => {
        child.kill('SIGKILL');
        finish({ kind: 'slow' });
      };
      const cancel = clock.after(longest, end);
      signal?.addEventListener('abort', end, { once: true });
      const finish = (ended: Ended): void => {
        cancel();
        signal?.removeEventListener('abort', end);
        resolve(ended);
      };
      const [stdout, stderr] = [gathered(child.stdout), gathered(child.stderr)];
      child.on('error', () => finish({ kind: 'no-program' }));
      child.on('close', (code) => finish({ kind: 'ended', code: code ?? 1, stdout: stdout(), stderr: stderr() }));
      // It may end without reading.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
}

function gathered(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = [];
  let octets = 0;
  stream.on('data', (piece: Buffer) => {
    octets += piece.length;
    if (octets <= MOST_OUTPUT) pieces.push(piece);
  });
  return () => Buffer.concat(pieces).toString('utf8');
}
