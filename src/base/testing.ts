/** What tests of other rooms may import from here, and product code may not. */
export { cpuClock } from './cpu-clock.ts';
export { FakeClock, settle } from './fake-clock.ts';
