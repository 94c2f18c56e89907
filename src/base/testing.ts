/** What tests of other rooms may import from here, and product code may not. */
export { FakeClock, settle } from './fake-clock.ts';
