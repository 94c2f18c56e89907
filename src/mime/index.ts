/** Floor 2: the structure and the encodings of what messages hold (RFC 2045 to RFC 2049): read, rewritten, composed. */
export { downgradeEntityHeader, downgradeHeader, isAsciiOnly } from './downgrade.ts';
export { composeReport, reportNeedsUtf8 } from './dsn.ts';
export type { ReportAction, ReportExplanation, ReportParts, ReportRecipient } from './dsn.ts';
export { composeNote } from './note.ts';
export { planSevenBit } from './seven-bit.ts';
export type { SevenBitOptions, SevenBitPlan } from './seven-bit.ts';
export { EntityWalker } from './walker.ts';
export type { HeaderSection } from './walker.ts';
