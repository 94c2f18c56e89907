/** LHLO (RFC 2033 §4.1): EHLO's twin, so that nobody speaks SMTP to a server that answers per recipient. */
import { parseHelloName } from '../grammar/hello.ts';
import { greetWithList } from './ehlo.ts';
import { ANY_TIME, verb } from './verb.ts';

export const lhlo = verb({
  name: 'LHLO',
  usage: 'LHLO your.name.example',
  states: ANY_TIME,
  protocol: 'lmtp',
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  parse: parseHelloName,
  run: (session, name) => greetWithList(session, { name, protocol: 'lmtp' }),
});
