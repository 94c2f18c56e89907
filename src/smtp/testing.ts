/** What tests of other rooms may import from here, and product code may not: a policy in memory. */
export { fakePolicy, TEST_SETTINGS } from './server/fake-policy.ts';
