/** What is in the message: its size, its form, and what it was taken for. */
import { any } from './phrase.ts';
import type { Phrase } from './phrase.ts';

/** Its size and its form: after `mailbox-full`, for a mailbox has a size too. */
export const FORM: readonly Phrase[] = [
  // Exim, Haraka: lines above 998 octets
  [
    'malformed-message',
    any`
      line length|length of (?:a |the )?lines?
      |\blines? (?:(?:is|are|was|were|in (?:the )?(?:message|body|header)) )*(?:too long|longer|exceed|over)
      |(?:maximum|max|allowed|long) (?:allowed )?(?:text |header |body )?lines?\b|too long (?:a |header )?line
    `,
    { at: ['data', 'dot'] },
  ],
  // everybody (RFC 1870); Gmail counts attachments too
  [
    'message-too-big',
    any`
      \bsize\b.{0,60}(?:exceed|limit|too|over|larger?|maxim|greater|above|big|not (?:allowed|accepted))
      |(?:exceed\w{0,3}|over|above|beyond|maximum|max\.?|limit\w{0,2}|larger than|bigger than|allowed|excessive
        |violat\w{1,4}|restrict\w{1,5}) .{0,60}(?:\bsize|databytes|message length|mailsize|megabytes|\bmb\b|kbytes|bytes)
      |(?:message|mail|e-?mail|letter|attachments?|content|body|header|headers|data|file|it
        |transaction)\b.{0,40}(?:too (?:large|big|huge)|(?:is |was )?larger than|(?:is |was )?bigger than
        |over ?sized?|exceeds? (?:the |our |its |my |server |system |allowed |maximum )*(?:limit|maximum|allow
        |size))
      |over ?sized?|(?:too|very) (?:large|big|huge)|databytes|number of attachments
      |too many (?:attachments|parts|mime|nested|attached|body|files|headers?)
      |attachments? .{0,40}(?:exceed|over|limit|maximum)|message length|message (?:is )?too long|mailsize|zu gro(?:ss|ß)
      |trop (?:gros|volumineux)|demasiado grande
    `,
  ],
  // Gmail, Yahoo, Exim, Sendmail, amavis: the header
  [
    'malformed-message',
    any`
      rfc ?-?(?:5?822|2822|5322|2045|2047|2046|6532|5321 compliant)\b|rfc[- ]?compliant|not compliant
      |header.{0,60}(?:missing|invalid|malformed|duplicate|too long|empty|not (?:allowed|valid|accept|permit
        |present|well|correct|properly|rfc)|disallow|bad|illegal|syntax|improper|corrupt|broken|multiple|unparse
        |incorrect|violat|non-?ascii|8-?bit|raw|unencoded|unicode|binary|require|must|no |error)
      |(?:missing|invalid|malformed|duplicate|duplicated|multiple|empty|no|bad|illegal|improper\w{0,2}|incorrect
        |absent|broken|unencoded|more than one|exactly one|several|lacks?|lacking|without|not (?:have|contain
        |include)|n't (?:have|contain)|disallowed|non-?ascii|need\w?|requires?|repeated)\b.{0,30}(?:header
        |from:? field|date:? field|message-?id|date:|from:|to:|subject:|sender:|field|mime)
    `,
  ],
  // Postfix and qmail (bare line feeds), Exchange, Courier, amavis: octets, lines, MIME
  [
    'malformed-message',
    any`
      bare[ -]?(?:\(?<?)(?:lf|cr|line|new|carriage|crlf)
      |\b(?:lone|stray|naked|isolated|unpaired|raw) (?:lf|cr|newline|line ?feed|carriage|<)
      |stray (?:newline|line|cr|lf)|bare-?newline
      |(?:line|end.of.line|line.?ending|eol).{0,30}(?:invalid|illegal|wrong|bad|improper|not (?:allowed
        |permitted|crlf|terminated))
      |(?:invalid|illegal|wrong|bad|improper|non-?standard) (?:end.of|line|eol)
      |\bnull? ?(?:character|byte|octet)|\\0
      |(?:8-?bit|eight.?bit|binary|non-?ascii|unicode|control|illegal|invalid|bad|high.?bit|high-?order
        |un-?encoded|non-?printable) (?:data|character|characters|content|byte|bytes|octets?|zeroe?s?|in )
      |mime|boundary|charset|character set|content-?transfer|content-?type|multipart|base64 (?:error|invalid)
      |(?:message|mail|e-?mail|content|body|structure|format)\b.{0,30}(?:malformed|corrupt|damaged|not (?:well
        |valid|properly|correctly|parse)|ill.?formed|invalid format|unparse|cannot be parsed|broken|improper
        |incorrect|bad(?:ly)? form|empty|incomplete|invalid)
      |(?:malformed|corrupt\w{0,2}|ill.?formed|badly formatted|improperly formatted|unparseable|invalid
        |incomplete|empty) (?:message|mail|e-?mail|content|body|format|data)
      |(?:failed to|cannot|can't|could not|unable to|error|errors) (?:while )?(?:parse|parsing|decod
        |read the header)
      |syntax error|too deeply|nesting
      |from:? (?:header|field|address).{0,40}(?:syntax|one|single|multiple|invalid|missing|more than)
      |multiple (?:from|addresses in|senders|authors)
    `,
    { at: ['data', 'dot'] },
  ],
];

/** What it was taken for. */
export const CONTENT: readonly Phrase[] = [
  ['spam-content', /virus or spam|spam or virus|spam\/virus/],
  ['virus', /virus|viral|malware|infected|\btrojan|\bworm\b|\beicar\b|\bclam(?:av|d)?\b|malicious|ransom|\bsophos\b/],
  // Gmail, amavis ("BANNED"), NetEase, hosting panels
  [
    'bad-attachment',
    any`
      - ?banned\b|banned (?:file|attach|name|type|extension)
      |(?:contains?|has|have|with|found|a|an|the) (?:a |an )?(?:illegal|forbidden|blocked|banned|prohibited
        |unacceptable|disallowed|dangerous|executable|suspicious|encrypted|unsafe|password.protected|restricted
        |invalid|unwanted)\b.{0,20}(?:attach|file|archive|extension|program|zip|content.?type|mime.?type)
      |(?:illegal|forbidden|blocked|banned|prohibited|unacceptable|disallowed|dangerous|executable|suspicious
        |encrypted|unsafe|password.protected|restricted|invalid|unwanted|bad
        |potentially) (?:[a-z]{1,12} )?(?:attach|file|archive|extension|zip|content.?type|mime.?type)
      |attach.{0,60}(?:not (?:allow|accept|permit)|illegal|forbid|block|ban|prohibit|unaccept|reject|invalid
        |disallow|dangerous|executable|unsafe|strip|security|polic|type|extension|refus|restrict)
      |(?:file|content|mime|media).?(?:type|name|extension|format)s?\b.{0,50}(?:not (?:allow|accept|permit)
        |block|ban|forbid|reject|prohibit|unaccept|disallow|restrict|refus)
      |potential security (?:issue|risk|threat)
      |\.(?:exe|scr|js|vbs|bat|pif|cmd|zip|rar|iso|jar|lnk|docm|xlsm)\b.{0,40}(?:not|block|file|attach|reject
        |ban)
      |executable (?:file|attach|content)|(?:encrypted|password).{0,20}(?:archive|zip|file)|macros?\b
    `,
  ],
  ['bad-attachment', /accept\w{0,3} .{0,20}attachment/],
  // SpamAssassin, rspamd, amavis, Gmail, Strato, Mail.ru, Zoho
  [
    'spam-content',
    any`
      spam|unsolicited|\bub[ec]\b|\buce\b|\bjunk|\bbulk\b|phish|scam|fraud|\bgtube\b|banned content
      |recurrent pattern|mass.?mail|\bbayes|\brazor\b|\bpyzor\b|\bdcc\b|cloudmark|heuristic|fingerprint
    `,
  ],
];

/** Words that are said of other things too: after those. */
export const SUSPECT: readonly Phrase[] = [
  // Symantec ("Message Filtered"), Mimecast, IronPort, Barracuda: content, without the word
  [
    'spam-content',
    any`
      (?:content|message|mail|e-?mail|text|body|subject|words?|phrase)s?\b.{0,40}(?:filter|denied|examination
        |violat|suspicious|suspect|unwanted|undesir|objection|prohibited|inappropriate|unacceptable|forbidden
        |scor|classified|matched|\bblocked$|looks like|resembl|refused by (?:the )?(?:content|filter)
        |blocked by (?:the )?(?:content|filter))
      |(?:filter|filtered|filtering|scanner|content|scor(?:e|ed|ing))\b.{0,30}(?:reject|block|denied|refus
        |restrict|match|too high|high|exceed|polic|rule|violat|fail|check)
      |(?:rejected|blocked|refused|denied|failed|violat\w{1,4}) .{0,30}(?:content|filter|scanner|scan\b)
      |(?:high|bad) score|suspicious|detected as|likely|message filtered|offensive|profan
    `,
  ],
];
