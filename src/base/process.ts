/**
 * Who a process is, so that another on the same machine can tell whether it still lives: a pid
 * alone is used again after a crash, a pid with its start time in this boot is not.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  /** The machine (its /etc/machine-id, else its host name). */
  readonly machine: string;
  /** This boot of the machine. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in the kernel's own unit; '' where that can't be read. */
  readonly start: string;
}

export function thisProcess(): ProcessIdentity {
  return {
    machine: readOr('/etc/machine-id', hostname()),
    boot: readOr('/proc/sys/kernel/random/boot_id', ''),
    pid: process.pid,
    start: startOf(process.pid) ?? '',
  };
}

/**
 * Whether a process is known to be gone. Only a process of this machine can be known to be gone;
 * of one on another machine nothing is known, so the answer is false.
 */
export function isGone(identity: ProcessIdentity): boolean {
  const self = thisProcess();
  if (identity.machine !== self.machine) return false;
  if (identity.boot !== self.boot) return true;
  if (identity.start !== '' && self.start !== '') return startOf(identity.pid) !== identity.start;
  try {
    process.kill(identity.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Field 22 of /proc/PID/stat; the command name before it may hold spaces and parentheses. A zombie counts as gone. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'latin1').trim() || otherwise;
  } catch {
    return otherwise;
  }
}
