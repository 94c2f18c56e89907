/** Floor 2: the structure and the encodings of what messages hold (RFC 2045 to RFC 2049): read, rewritten, composed. */
export { bodyLists, hasAttachment } from './body-lists.ts';
export type { BodyLists } from './body-lists.ts';
export { BodyTextReader, LARGEST_TEXT, truncated } from './body-text.ts';
export type { BodyValue } from './body-text.ts';
export { downgradeEntityHeader, downgradeHeader, isAsciiOnly } from './downgrade.ts';
export { composeReport, reportNeedsUtf8 } from './dsn.ts';
export type { ReportAction, ReportExplanation, ReportParts, ReportRecipient } from './dsn.ts';
export { composeNote } from './note.ts';
export { packTree, partNumbered, unpackTree } from './packed-tree.ts';
export { planSevenBit } from './seven-bit.ts';
export type { SevenBitOptions, SevenBitPlan } from './seven-bit.ts';
export { decodeTransfer, transferDecoder } from './transfer-decoding.ts';
export type { TransferDecoder } from './transfer-decoding.ts';
export { TREE_LIMITS, TreeReader } from './tree.ts';
export type { Part, PartTrouble, ReadTree, Tree, TreeTrouble } from './tree.ts';
export { EntityWalker } from './walker.ts';
export type { HeaderSection } from './walker.ts';
