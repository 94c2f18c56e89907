/** Which rows of a long list are drawn, and where. Pure; all lengths in CSS pixels. */

/** Elements can't be as tall as a list can be long: browsers stop between 17 and 33 million pixels. */
const TALLEST = 15_000_000;
/** Rows drawn at once at most, the focused one aside. */
const MOST_ROWS = 78;

export interface View {
  readonly scrollTop: number;
  readonly height: number;
  readonly row: number;
  readonly count: number;
}

export interface Window {
  /** The rows that are drawn; last < first: none. */
  readonly first: number;
  readonly last: number;
  /** Where row `first` begins. */
  readonly offset: number;
  /** How tall what is scrolled is. */
  readonly tall: number;
}

/** Beyond TALLEST a pixel of scrolling stands for more than a pixel of the list. */
export function windowOf({ scrollTop, height, row, count }: View): Window {
  const whole = count * row;
  const tall = Math.min(whole, TALLEST);
  const at = tall <= height ? 0 : (scrollTop / (tall - height)) * (whole - height);
  const top = Math.max(0, Math.min(at, whole - height));
  const shown = Math.ceil(height / row) + 1;
  const spare = Math.max(0, Math.min(8, Math.floor((MOST_ROWS - shown) / 2)));
  const first = Math.max(0, Math.floor(top / row) - spare);
  const last = Math.min(count - 1, Math.floor(top / row) + Math.min(shown, MOST_ROWS) + spare - 1);
  return { first, last, offset: Math.max(0, scrollTop - (top - first * row)), tall };
}

/** How far to scroll so that a row is seen whole; undefined: it is. */
export function scrollFor(index: number, view: View): number | undefined {
  const { scrollTop, height, row, count } = view;
  const whole = count * row;
  const tall = Math.min(whole, TALLEST);
  const scale = tall <= height || whole <= height ? 1 : (tall - height) / (whole - height);
  const top = scrollTop / scale;
  const wanted = index * row < top ? index * row : (index + 1) * row > top + height ? (index + 1) * row - height : top;
  return wanted === top ? undefined : wanted * scale;
}
