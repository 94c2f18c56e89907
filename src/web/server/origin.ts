/**
 * Whether a request comes from our own page, by what the browser says of it: Origin (RFC 6454) and Sec-Fetch-Site
 * (Fetch Metadata). Another port of this machine is "same-site", so SameSite cookies don't keep its pages out; these
 * checks do. Programs that are no browsers say neither, and bring their password themselves.
 */
export interface Told {
  readonly origin: string | undefined;
  /** Sec-Fetch-Site. */
  readonly site: string | undefined;
}

/** Reading: from our page, typed by the person ("none"), or by a program. */
export function mayRead(told: Told, own: string): boolean {
  return isNotForeign(told, own) && (told.site === undefined || ['same-origin', 'none'].includes(told.site));
}

/**
 * Changing something. With a cookie, which comes along by itself, the browser must have said that it was our page;
 * every browser of the last years says at least one of the two with a POST.
 */
export function mayChange(told: Told, own: string, withCookie: boolean): boolean {
  if (!isNotForeign(told, own) || (told.site !== undefined && told.site !== 'same-origin')) return false;
  return !withCookie || told.origin !== undefined || told.site === 'same-origin';
}

/** "null" is foreign too: a sandboxed frame, a file. */
function isNotForeign({ origin }: Told, own: string): boolean {
  return origin === undefined || origin === own;
}
