/** Floor 4: who may log in, which addresses are ours, and where mail for them goes. */
export { Directory, DirectoryError, domainName, weakness } from './directory.ts';
export { openDomains } from './domains.ts';
export type { Domains } from './domains.ts';
export { addressOf, findAccount, openLogins } from './logins.ts';
export type { Logins, ProvenLogin } from './logins.ts';
export { openPasswords } from './passwords.ts';
export type { Passwords } from './passwords.ts';
export { isFull, openRouter } from './routing.ts';
export type { Router, Routing, Target } from './routing.ts';
