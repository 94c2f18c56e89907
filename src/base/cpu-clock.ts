/** For tests of work that must not grow out of bounds: how busy the machine is makes no difference to it. */

/** @returns the CPU time in milliseconds that this process, all its threads together, has used since the call */
export function cpuClock(): () => number {
  const begin = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1_000;
  };
}
