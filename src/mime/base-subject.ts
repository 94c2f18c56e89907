/** The subject without what replying and forwarding put around it (RFC 5256 §2.1): what mail is sorted by. */

/** subj-blob = "[" *BLOBCHAR "]" *WSP ; sticky */
const BLOB = /\[[^[\]]*\] */y;
/** subj-refwd without its blobs = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":" *WSP */
const REPLY = /(?:re|fwd?) *(?:\[[^[\]]*\] *)?: */iy;

/** Characters that are looked at: a longer subject is one all the same. */
const LONGEST = 1_000;

/** Of a decoded subject. */
export function baseSubject(subject: string): string {
  // Step 1.
  let text = subject.slice(0, LONGEST).toWellFormed().replace(/\s+/g, ' ');
  for (;;) {
    text = withoutLeaders(withoutTrailers(text));
    // Step 6: subj-fwd = subj-fwd-hdr subject subj-fwd-trl
    const forwarded = /^\[fwd:(.*)\]$/is.exec(text)?.[1];
    if (forwarded === undefined) return text;
    text = forwarded;
  }
}

/** Step 2: subj-trailer = "(fwd)" / WSP */
function withoutTrailers(text: string): string {
  let rest = text.trimEnd();
  while (/\(fwd\)$/i.test(rest)) rest = rest.slice(0, -5).trimEnd();
  return rest;
}

/** Steps 3 to 5: leaders go, and a blob where something is left behind it. */
function withoutLeaders(text: string): string {
  let at = 0;
  for (;;) {
    const leader = text[at] === ' ' ? at + 1 : afterReply(text, at);
    const next = leader ?? afterBlob(text, at);
    if (next === undefined || (leader === undefined && next === text.length)) return text.slice(at);
    at = next;
  }
}

/** *subj-blob subj-refwd */
function afterReply(text: string, from: number): number | undefined {
  let at = from;
  for (let next: number | undefined = at; next !== undefined; next = afterBlob(text, at)) at = next;
  return endOf(REPLY, text, at);
}

function afterBlob(text: string, at: number): number | undefined {
  return endOf(BLOB, text, at);
}

function endOf(shape: RegExp, text: string, at: number): number | undefined {
  shape.lastIndex = at;
  return shape.test(text) ? shape.lastIndex : undefined;
}
