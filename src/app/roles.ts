/**
 * Which parts of a host run in this process. SMTP and POP3 are independent: any choice works over
 * the same state directory, in one process or in several.
 */
export const ROLES = ['smtp', 'submission', 'pop3', 'web', 'queue', 'collect'] as const;
export type Role = (typeof ROLES)[number];

/** The roles named in a list such as "smtp,queue"; the first name that is none, otherwise. */
export function parseRoles(list: string): readonly Role[] | { readonly unknown: string } {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(ROLES as readonly string[]).includes(name));
  return unknown === undefined ? ROLES.filter((role) => names.includes(role)) : { unknown };
}
