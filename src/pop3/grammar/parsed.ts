/** What a parser of this room answers: a value, or a sentence for the peer and the id of the rule that was broken. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly rule: string; readonly text: string };

export function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value };
}

export function unparsed(
  rule: string,
  text: string,
): { readonly ok: false; readonly rule: string; readonly text: string } {
  return { ok: false, rule, text };
}
