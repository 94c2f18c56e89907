/** What tests of this and other rooms use, and product code may not. */
import fc from 'fast-check';

/** Any code point, half characters included, the first 256 more often. Cheaper to set up than fast-check's own. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
