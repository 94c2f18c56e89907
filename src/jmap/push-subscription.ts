/**
 * PushSubscription/get and /set (RFC 8620 §7.2). Nothing is posted to addresses that clients name, so there are none and
 * none is made; who asks is told why, and what there is instead.
 */
import { idOrCreation, id, listOf, mapOf, nullable, object, readArguments, text } from './arguments.ts';
import { CORE } from './capabilities.ts';
import { invalidProperties, SetError } from './errors.ts';
import { own } from './json.ts';
import type { JsonObject } from './json.ts';
import { objectOrNull } from './method.ts';
import type { Method } from './method.ts';

const GET = { ids: nullable(listOf(id)), properties: nullable(listOf(text)) };

const SET = {
  create: nullable(mapOf(id, object)),
  update: nullable(mapOf(idOrCreation, object)),
  destroy: nullable(listOf(idOrCreation)),
};

const get: Method = {
  name: 'PushSubscription/get',
  capability: CORE,
  run(args) {
    const { ids } = readArguments(GET, args);
    return Promise.resolve({ list: [], notFound: [...new Set(ids)] });
  },
};

const set: Method = {
  name: 'PushSubscription/set',
  capability: CORE,
  run(args) {
    const { create, update, destroy } = readArguments(SET, args);
    const notFound = (ids: Iterable<string>): Map<string, SetError> =>
      new Map([...ids].map((one) => [one, new SetError('notFound')]));
    return Promise.resolve({
      created: null,
      updated: null,
      destroyed: null,
      notCreated: objectOrNull(new Map([...(create ?? [])].map(([key, given]) => [key, refusalOf(given)]))),
      notUpdated: objectOrNull(notFound(update?.keys() ?? [])),
      notDestroyed: objectOrNull(notFound(destroy ?? [])),
    });
  },
};

function refusalOf(given: JsonObject): SetError {
  const url = own(given, 'url');
  if (typeof url !== 'string' || !/^https:\/\//i.test(url))
    return invalidProperties(['url'], '`url` must begin with "https://".');
  if (typeof own(given, 'deviceClientId') !== 'string')
    return invalidProperties(['deviceClientId'], '`deviceClientId` must be a string.');
  return new SetError('forbidden', 'This server posts to no addresses: changes are told over the event source.');
}

export const PUSH_SUBSCRIPTION_METHODS: readonly Method[] = [get, set];
