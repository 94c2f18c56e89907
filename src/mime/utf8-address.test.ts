import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8Address } from './utf8-address.ts';

test('[6533-3-utf8-address] an address in UTF-8 is spelled in ASCII', () => {
  assert.equal(encodeUtf8Address('ünal@b.test'), '\\x{FC}nal@b.test');
  assert.equal(encodeUtf8Address('a\\b+c=d😀@b.test'), 'a\\x{5C}b\\x{2B}c\\x{3D}d\\x{1F600}@b.test');
});
