/** Where something that pops up goes: below its button, kept inside the window. Pure, in CSS pixels. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = 4;
const EDGE = 8;

/** Its start edge under the button's, or the other edge where there is no room; above where below is none. */
export function placeBelow(
  anchor: Box,
  popup: Size,
  window: Size,
  rightToLeft = false,
): { readonly left: number; readonly top: number } {
  const wanted = rightToLeft ? anchor.right - popup.width : anchor.left;
  const other = rightToLeft ? anchor.left : anchor.right - popup.width;
  const fits = (left: number): boolean => left >= EDGE && left + popup.width <= window.width - EDGE;
  const left = fits(wanted) ? wanted : other;
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - popup.height;
  const top = below + popup.height <= window.height - EDGE || above < EDGE ? below : above;
  return {
    left: clamp(left, EDGE, window.width - EDGE - popup.width),
    top: clamp(top, EDGE, window.height - EDGE - popup.height),
  };
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
