import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME_POLICY, FRAME_SANDBOX, frameResponse } from './frame.ts';

test('the frame lets a letter run nothing, submit nothing and ask for nothing but pictures of our own', async () => {
  const response = frameResponse();
  assert.equal(response.headers.get('content-security-policy'), FRAME_POLICY);
  assert.match(
    FRAME_POLICY,
    /^default-src 'none'; img-src 'self' data: blob:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox /,
  );
  assert.doesNotMatch(FRAME_SANDBOX, /scripts|forms|top-navigation|modals|downloads/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
  assert.doesNotMatch(await response.text(), /<script/i);
});
