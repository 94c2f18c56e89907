/**
 * The cookie that holds a session's token. `__Host-` (RFC 6265bis §4.1.3.2): Secure, for this host alone, every path.
 * Browsers take http on loopback as secure. They don't tell ports apart, so the port stands in the name: two hosts on
 * one machine don't log each other out.
 */
const PREFIX = '__Host-posthorn';

/** @param origin what the browser calls us. */
function cookieName(origin: string): string {
  const { port } = new URL(origin);
  return port === '' ? PREFIX : `${PREFIX}-${port}`;
}

/** @param keepFor seconds; 0 has the browser forget it. */
export function setCookie(origin: string, token: string, keepFor: number): string {
  return `${cookieName(origin)}=${token}; Path=/; Max-Age=${String(keepFor)}; Secure; HttpOnly; SameSite=Strict`;
}

/** The token in a Cookie field; undefined when there is none, or several that can't be told apart. */
export function tokenIn(field: string | undefined, origin: string): string | undefined {
  const name = cookieName(origin);
  const found = (field ?? '')
    .split(';')
    .map((pair) => /^\s*([^=\s]+)=([^\s]*)\s*$/.exec(pair))
    .filter((pair) => pair?.[1] === name);
  return found.length === 1 ? found[0]?.[2] : undefined;
}
