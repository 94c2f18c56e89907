import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasForm } from '../../mime/index.ts';
import type { HeaderForm } from '../../mime/index.ts';
import { convenientField, parseHeaderProperty } from './header-property.ts';

test('[8621-4.1.3-grammar] header:{name}, :as{form} and :all, in this order', () => {
  assert.deepEqual(parseHeaderProperty('header:Resent-To:asAddresses:all'), {
    property: 'header:Resent-To:asAddresses:all',
    name: 'Resent-To',
    field: 'resent-to',
    form: 'Addresses',
    all: true,
  });
  assert.equal(parseHeaderProperty('header:subject')?.form, 'Raw');
  assert.equal(parseHeaderProperty('header:X-!~')?.field, 'x-!~');
  for (const wrong of [
    'header:',
    'header::all',
    'header:subject:',
    'header:subject:all:asText',
    'header:subject:all:all',
    'header:subject:asText:asText',
    'header:subject:astext',
    'header:subject:asNothing',
    'header:subject:as',
    'header:sub ject',
    'header:subj\u00e9ct',
    'header:subject\n',
    'Header:subject',
    'subject',
  ])
    assert.equal(parseHeaderProperty(wrong), undefined, JSON.stringify(wrong));
});

const FORMS: readonly HeaderForm[] = ['Raw', 'Text', 'Addresses', 'GroupedAddresses', 'MessageIds', 'Date', 'URLs'];

const ALLOWED: Readonly<Record<string, readonly HeaderForm[]>> = {
  'Subject Comments Keywords List-Id': ['Raw', 'Text'],
  'From Sender Reply-To To Cc Bcc Resent-From Resent-Sender Resent-Reply-To Resent-To Resent-Cc Resent-Bcc': [
    'Raw',
    'Addresses',
    'GroupedAddresses',
  ],
  'Message-ID In-Reply-To References Resent-Message-ID': ['Raw', 'MessageIds'],
  'Date Resent-Date': ['Raw', 'Date'],
  'List-Help List-Unsubscribe List-Subscribe List-Post List-Owner List-Archive': ['Raw', 'URLs'],
  'Return-Path Received': ['Raw'],
  'X-Anything Content-Type Delivered-To constructor': FORMS,
};

for (const [names, allowed] of Object.entries(ALLOWED)) {
  test(`[8621-4.1.2-forms] ${names}: ${allowed.join(', ')} and nothing else`, () => {
    for (const name of names.split(' '))
      for (const form of FORMS) {
        const property = `header:${name}:as${form}`;
        assert.equal(parseHeaderProperty(property) !== undefined, allowed.includes(form), property);
      }
  });
}

test('[8621-4.1.3-convenient] the convenience properties are fields in a form that these may have', () => {
  for (const property of 'messageId inReplyTo references sender from to cc bcc replyTo subject sentAt'.split(' ')) {
    const field = convenientField(property);
    assert.ok(field !== undefined && hasForm(field.field, field.form), property);
  }
  assert.equal(convenientField('constructor'), undefined);
  assert.equal(convenientField('id'), undefined);
});
