/** How letters are shown: the only way their HTML, text and names reach the page (docs/webmail-safety.md). */
export { openWorkroom, suggestedLook } from './frame.ts';
export type { LetterLook } from './frame.ts';
export { LetterBody } from './letter-body.tsx';
export type { LetterBodyProps } from './letter-body.tsx';
export { cleanForCompose } from './sanitise.ts';
export type { LetterFacts, LetterLink, View } from './sanitise.ts';
export type { RemotePicture, TrackerSign } from './pictures.ts';
export { visibleString, visibleText } from './visible-text.ts';
export type { TextPiece } from './visible-text.ts';
