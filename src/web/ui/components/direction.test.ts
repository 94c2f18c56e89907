import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directionOf } from './direction.ts';

test('direction: “Re:” does not turn a subject around', () => {
  const table = {
    'Re: Lunch': 'ltr',
    'פגישה מחר': 'rtl',
    'Re: פגישה מחר': 'rtl',
    'AW: Fwd: RE[2]: 12. اجتماع (room B)': 'rtl',
    'Re: Zeit für פגישה': 'ltr',
    'Refund: פגישה': 'ltr',
    'Re: 12:30': 'auto',
    '': 'auto',
  } as const;
  for (const [subject, direction] of Object.entries(table)) assert.equal(directionOf(subject), direction, subject);
});
