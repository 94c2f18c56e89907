/** The connection before the message: encryption, login, greeting, and what the two servers say to each other. */
import { any } from './phrase.ts';
import type { Phrase } from './phrase.ts';

/** Encryption and login. */
export const ADMISSION: readonly Phrase[] = [
  // --- Encryption ---
  // Gmail, Postfix, Exim, Sendmail: STARTTLS at the wrong time, commands behind it in one packet
  [
    'protocol-error',
    any`
      pipelin
      |(?:tls|starttls|ssl).{0,30}(?:already|repeated|not (?:been )?advertised|in effect
        |when tls (?:is )?active)
      |already (?:in |running |using |under )?(?:a )?(?:tls|ssl)|tls (?:is )?(?:currently )?active
    `,
  ],
  // Sendmail, Postfix, Exchange Online (MTA-STS, DANE), Mimecast routes, everybody whose certificate ran out
  [
    'tls-failed',
    any`
      tls required but not supported|cipher|cryptograph|(?:tls|ssl) ?(?:version|v?1\.\d)|handshake|certificate
      |\bdane\b|\btlsa\b|\bmta-?sts\b|sts policy
      |(?:start)?tls.{0,4}(?:is |currently |was |service |engine |library |negotiation |initiali[sz]ation |setup |connection |session |support )*(?:not (?:currently )?(?:available
        |supported|possible|offered|advertised|established|negotiated|enabled)|unavailable|fail|error|broke
        |problem|timed? ?out)
      |starttls-not-supported|starttls.{0,12}not implemented
      |(?:unable|fail|failed|cannot|can't|could not|error|problem).{0,30}(?:tls|ssl|secure (?:channel
        |connection)|encrypt)
    `,
  ],
  // Postfix and most others ("Must issue a STARTTLS command first"), RFC 8689, Mimecast, Gmail, Dovecot
  [
    'tls-required',
    any`
      requiretls
      |(?:must|need|needs|have to|please|should) (?:first )?(?:to )?(?:issue|use|send|start|enable|give|do
        |negotiate|establish|be using|connect (?:with|using|over|via)|turn on|switch on) (?:a |an )?(?:esmtp )?(?:secure
        |encrypt|(?:start)?tls|ssl)
      |(?:start)?tls\b.{0,40}(?:is |be |first|required|needed|mandatory|must|necessary|only)
      |(?:encryption|encrypted|ssl|secure (?:connection|channel|session)).{0,40}(?:required|needed|mandatory
        |must|necessary|only)
      |(?:requires?|required?|needs?|must|only accept|accepts? only|enforces?|insists? on|mandat\w{1,6}|not sent
        |wasn't sent|without|unencrypted|not encrypted|plain ?text|clear ?text).{0,60}(?:\btls\b|starttls
        |\bssl\b|encrypt|secure (?:connection|channel|session))
      |(?:unencrypted|plain ?text|clear ?text|insecure|not encrypted|unsecured?) (?:connections?|sessions?
        |auth\w{0,12}|logins?)
      |over (?:a )?(?:tls|ssl|secure)
    `,
  ],

  // --- Login: amounts and troubles that only look like refusals stand first ---
  // Gmail, NetEase, Postfix: too many tries to log in
  [
    'rate-limited',
    any`
      too (?:many|much) .{0,20}(?:log ?in|auth|password|fail)
      |(?:log ?in|auth\w{0,12}|password).{0,30}(?:too (?:many|often|frequent)|limit|attempts exceeded
        |try again (?:later|in))
    `,
  ],
  // RFC 4954, Postfix with a dead SASL daemon, Gmail
  [
    'server-trouble',
    any`
      (?:temporary|temporarily|internal).{0,20}(?:auth\w{0,12}|log ?in)
      |(?:auth\w{0,12}|log ?in).{0,40}(?:temporar|internal (?:error|failure)|service (?:is )?(?:unavailable
        |down)|backend|server (?:is )?(?:unavailable|down|error)|system problem)
      |cannot authenticate due to
    `,
  ],
  // Postfix ("authentication not enabled"), Sendmail, Exim, RFC 4954
  [
    'unsupported-feature',
    any`
      (?:auth\w{0,12}|mechanism|sasl)\b.{0,30}(?:not (?:supported|enabled|available|implemented|offered
        |recogni[sz]ed|known)|unsupported|unrecogni[sz]ed|unimplemented)\b(?! for)
      |mechanism.{0,20}(?:unknown|invalid|unavailable)
      |(?:unsupported|unrecogni[sz]ed|unknown|invalid|no such|unimplemented|bad) (?:smtp )?(?:auth\w{0,12} |sasl )?(?:type
        |mechanism|method|scheme)
      |(?:no|none of the) (?:such |supported )?(?:auth\w{0,12} |sasl )?mechanisms?
    `,
  ],
  // Sendmail, Exim, Gmail: AUTH where it has no place, or not in base 64
  [
    'protocol-error',
    any`
      already (?:authenticated|logged in|authorised)
      |auth\w{0,6} (?:command |has )?(?:used|not (?:been )?advertised|not (?:allowed|permitted) (?:now|here
        |during|before|after))
      |nested auth|base ?64|auth\w{0,12} (?:cancel|abort|exchange|input|string|protocol)
    `,
  ],
  // everybody; Gmail and Microsoft name what to switch on
  [
    'login-refused',
    any`
      smtpclientauthentication|application.specific password|app(?:lication)? password|web ?browser
      |basic auth\w{0,12} (?:is )?(?:disabled|blocked|not)
      |(?:auth|authentication|authorization|authorisation|authenticate|authentifi\w{1,8}|sasl)\b.{0,40}(?:fail
        |unsuccess|invalid|incorrect|reject|denied|refus|disabled|not (?:allowed|permitted|accepted|match
        |correct|valid)|bad|wrong|error|expired|too weak|impossible)
      |(?:fail|unsuccess|invalid|incorrect|rejected|denied|bad|wrong|disabled|refused
        |expired)\w{0,6} (?:to )?(?:sasl |smtp |user |client )?(?:auth|credential|log ?in|password|passphrase
        |user ?name\b|user ?id|user/pass|user or pass|user and pass)
      |(?:credentials|token).{0,20}(?:invalid|incorrect|wrong|not|bad|rejected|expired|revoked)
      |(?:invalid|expired|bad|wrong|revoked) (?:\w{1,10} )?token
      |(?:user ?name|user|log ?in|account) (?:and|or|/|and/or) password
      |log ?in (?:fail|denied|incorrect|invalid|disabled|refused|not (?:allowed|permitted)|error|disallowed)
      |password.{0,30}(?:incorrect|invalid|wrong|expired|mismatch|transition|required|not (?:match|correct
        |accepted|valid)|fail|check)
      |error: authentication|does not have access rights|access rights to this service|two-?factor|\bmfa\b
      |2-?step|imap.{0,10}smtp.{0,20}(?:disabled|off)
    `,
    { at: ['auth'] },
  ],
];

/** A login wanted, and the right to send as somebody. */
export const RIGHTS: readonly Phrase[] = [
  // the same, said later than at the login
  [
    'login-refused',
    any`
      smtpclientauthentication|application.specific password
      |(?:user ?name|log ?in|account) and password not accepted
      |auth\w{0,12} credentials (?:invalid|incorrect|rejected)
      |(?:invalid|incorrect|wrong|bad) (?:user ?name|log ?in|credentials|password)
      |password.{0,20}(?:incorrect|invalid|wrong|expired)|incorrect authentication data
      |auth\w{0,12} (?:failed|unsuccessful|failure)|log ?in (?:failed|denied|incorrect|invalid|disabled)
    `,
  ],

  // --- Login wanted ---
  // everybody; cPanel, Exchange ("anonymous"), old servers with POP before SMTP
  [
    'login-required',
    any`
      auth\w{0,14} (?:is |are )?(?:first|required|requise|needed|mandatory|necessary|must)
      |auth\w{8,12} turned on
      |(?:must|need to|needs to|have to|has to|please|should|you) (?:first )?(?:be )?(?:authenticate
        |authenticated|log ?in|logged in|log on|sign in|issue an? auth|auth\b|identify|use smtp auth
        |provide (?:valid )?(?:credentials|auth))
      |not (?:been )?(?:logged in|logged on|authenticated)\b
      |(?:turn on|enable|use|requires?|require|requiring|needs?|without|switch on|activate|no|with) (?:smtp |smtp-
        |valid |proper |prior |user |sender |client |successful )?auth(?:entication|orization|orisation
        |entification)?\b
      |anonymous (?:sender|mail|user|client|access|connection|relay)|pop.{0,4}before.{0,4}smtp
      |check (?:your |for )?(?:new )?mail (?:first|before)|relay check local
      |unauthenticated (?:client|user|sender|connection|relay|session|smtp|access)
      |(?:log ?in|logon) (?:is )?(?:required|first|needed|before)|auth\w{0,12} before|auth (?:command )?first
      |authenticate (?:first|yourself|before)
    `,
  ],

  // --- The right to send as somebody ---
  // Postfix reject_sender_login_mismatch, Exchange SendAsDenied, Amazon SES, Zoho, GMX, providers of websites
  [
    'sender-not-allowed',
    any`
      not owned by|send ?as ?denied|permissions? to send(?! to (?:this|the|that))|disallowed as whom
      |(?:sending|outbound|outgoing|sender'?s?|your|smtp|this e?mail|relay) ?(?:e?mail |smtp |user )?account\b.{0,60}(?:suspend
        |disabled|blocked|paused|locked|restricted|banned|hacked|compromised|frozen)
      |sending (?:is |has been |was |mail is )?(?:suspended|paused|disabled|blocked|shut ?down|not (?:allowed
        |enabled|permitted))
      |outgoing mail .{0,60}(?:suspen[ds]|disabled|block)
      |(?:suspended|blocked|restricted|prevented|disabled|banned|barred|prohibited) from sending
      |(?:identit|e?mail address|from address|sender|whom).{0,40}(?:is |are |was )?not (?:been )?verified
      |unverified (?:sender|identity|from|e?mail)|unauthori[sz]ed (?:sender|user|account|from)
      |(?:sender|from|return.path|envelope).{0,60}(?:not (?:allowed|permitted|authori[sz]ed|belong|match|own
        |one of|associated)|does(?: not|n't) (?:match|belong)|mismatch|must (?:match|equal|be the same)|differs?
        |forged|spoof|impersonat|unauthori[sz]ed)
      |(?:not (?:allowed|permitted|authori[sz]ed|entitled)) to (?:send|use|submit|post).{0,40}(?:as|from|address
        |sender|mail|using|message)?
      |bad outbound sender|spam abuse|unregistered domain|not authori[sz]ed to perform|not subscribed to ses
      |outbound spam|(?:forged|spoofed|fake|impersonat\w{1,5}) (?:sender|from|address|mail|return|header)
      |anti.?spoof|spoof(?:ed|ing)
      |your (?:e?mail |smtp )?(?:account|user|access).{0,40}(?:disabled|suspended|blocked|locked)
      |must (?:be|use) .{0,20}(?:own|registered|verified|authenticated) (?:address|sender|domain|from|user)
    `,
  ],
  [
    'sender-not-allowed',
    any`
      ^sender rejected|null sender is not allowed|no smtp mx only|local user(?:s)? only
      |(?:account|user|customer|mailbox|domain) .{0,30}(?:suspended|disabled|blocked|locked|not (?:allowed
        |permitted|enabled) to)
    `,
    { at: ['mail'] },
  ],
];

/** What the two servers say to each other. */
export const CONVERSATION: readonly Phrase[] = [
  // --- Said in the wrong order, or too early; "HELO first" is no complaint about a name ---
  // Postfix, Exim, hMailServer, Sendmail ("polite people say HELO first")
  [
    'protocol-error',
    any`
      (?:helo|ehlo|hello|lhlo)\b.{0,12}(?:first|command (?:first|required|expected)|required|missing|please)
      |(?:need|send|say|expect|expecting|expected|require|requires|issue|use|without|before|no|missing
        |must) (?:a |an |us |the )?(?:proper |valid )?(?:['"<]?(?:helo|ehlo)\b|hello)
      |duplicate (?:helo|ehlo)|(?:helo|ehlo) already
    `,
  ],
  ['protocol-error', /no (?:valid )?recipients/, { at: ['data'] }],
  // everybody: a command too early, twice or not at all
  [
    'protocol-error',
    any`
      size syntax|needed first|did(?: not|n't) wait|disconnect\w{0,3} .{0,10}inactiv
      |syntax error,? (?:in parameters|in arguments|command)|^(?:error: )?(?:bad syntax|syntax error)(?:[,.]|$)
      |permitted in (?:a )?mail transaction|bad sequence|out of (?:order|sequence)
      |(?:wrong|incorrect|invalid|improper) (?:command )?(?:order|sequence|state)
      |(?:need|want|expect\w{0,3}|send|give|issue|specify|missing|no|require\w?) (?:a |an |the |valid |some |for )*(?:mail
        |rcpt|data|sender|recipients?|bdat)\b.{0,12}(?:command|first|before|from|to\b|specified|given|error)
      |(?:mail|rcpt|data|bdat|sender|recipients?)(?: from| to| command)? (?:is |has |must |was |should )?(?:be )?(?:first
        |already|before|required|come|given|expected|not (?:been )?(?:yet )?(?:given|specified))
      |(?:mail|rcpt|data|transaction) (?:already|in progress)|nested mail|sender already
      |no (?:valid )?(?:recipients|sender) (?:specified|given|yet|accepted)?|no (?:mail )?transaction
      |already (?:specified|in progress|in transaction|have)
    `,
  ],
  // Haraka, ZoneMTA, postscreen, Exim ("synchronization error"): talking before the greeting
  [
    'protocol-error',
    any`
      too (?:soon|early)|early ?talk
      |(?:before|without|during|until|prior to) .{0,30}(?:greeting|banner|220|welcome|response)|synchroni[sz]
      |unexpected (?:input|data|command|response|bytes|characters)
      |protocol (?:error|violation|mismatch|breach|failure)|smtp violation
      |not an? (?:open proxy|web server|http)|\bhttp\b (?:request|command|proxy)|go away|non-?smtp|proxy
    `,
    { class: 5 },
  ],
  // Postfix, Sendmail, qmail, Gmail: too many mistakes, or none for too long
  [
    'protocol-error',
    any`
      too (?:soon|early)|early ?talk|synchroni[sz]|protocol (?:error|violation|failure)
      |too many (?:errors|(?:bad|invalid|unknown|junk|syntax|wrong|protocol|unrecogni[sz]ed|unimplemented|smtp
        |non-?mail|illegal|unsupported|error|null|noop|rset|nonsense) ?(?:commands?|errors?|responses)?
        |commands)\b(?! (?:recipients?|users?|whom))
      |(?:time ?out|timed out|timeout exceeded|idle|inactiv\w{1,5}).{0,40}(?:client|command|data|input
        |connection|waiting|session|too long|clos)
      |(?:client|command|input|data|session|waiting).{0,30}(?:time ?out|timed out|idle|too slow)
      |error: timeout exceeded|^time ?out
    `,
  ],

  // everybody: "command not recognized"
  [
    'protocol-error',
    any`
      (?:invalid|bad|illegal|wrong) (?:command )?(?:arguments?|parameters?)
    `,
    { at: ['mail', 'rcpt', 'data', 'auth', 'tls'] },
  ],

  // --- The greeting ---
  ['bad-greeting', /(?<!\()\b(?:helo|ehlo|lhlo)\b|hello (?:name|command|argument|host|domain)|helohost/],
  // everybody that looks at HELO
  [
    'bad-greeting',
    any`
      invalid (?:domain|host ?name|host)|syntactically invalid|fully.?qualified|fqdn|argument
      |not (?:a )?valid (?:domain|host)
      |(?:bad|illegal|malformed|forged|own|our|my) (?:domain|host ?name|name|hello)
    `,
    { at: ['ehlo'] },
  ],

  // --- What is not offered ---
  // RFC 6531, RFC 6152, RFC 3030, RFC 4865
  [
    'unsupported-feature',
    any`
      smtputf8|\beai\b|utf-?8.{0,40}(?:not|unsupport|require|need)|internationali[sz]ed|8bitmime|binarymime
      |8-?bit(?:mime)? (?:transport|transfer|content|data|body)?.{0,10}(?:not|unsupport)
      |conversion (?:is |was )?(?:not|required|prohibit|fail|but)|future ?release|\bholdfor|\bholduntil
      |deliver-?by|mt-priority|binary ?data.{0,20}not
    `,
  ],
  // everybody: "not recognized or not implemented"
  [
    'unsupported-feature',
    any`
      (?:parameter|option|extension|keyword|argument|body|feature|service|esmtp|media|capability|ret=|envid
        |notify|size=|auth=).{0,40}(?:not (?:been )?(?:recogni|implement|support|known|allowed|understood
        |permitted|advertised|offered)|unrecogni[sz]ed|unknown|unsupported|unimplemented|invalid)
      |(?:unsupported|unrecogni[sz]ed|unknown|unimplemented) (?:esmtp |smtp |mail |rcpt |from |to |body |command )*(?:parameter
        |option|keyword|extension|body|feature|argument|content.?type|media|type)
      |(?:does not|doesn't|do not|don't) (?:support|implement|offer|handle|provide)|not supported|unsupported
      |not capable|lacks? (?:support|the)
    `,
  ],

  // --- Commands that cannot be read; in the message itself they are something else ---
  [
    'protocol-error',
    any`
      (?:unknown|unrecogni[sz]ed|invalid|unimplemented|bad|illegal|wrong|empty|null|no such|unexpected
        |disabled) (?:smtp |esmtp )?(?:command|verb|cmd)\b(?!.{0,20}domain name)
      |commands?\b.{0,30}(?:not (?:recogni|known|understood|found|implement|support|allowed|permitted|valid
        |available|accept|enabled|expected)|unrecogni[sz]ed|unknown|rejected|too long|disabled|error
        |unimplemented|invalid|refused|denied|disallowed|syntax)
      |not implemented|unimplemented|what\?|huh|don't understand|did(?: not|n't) understand|cannot parse
      |can't parse|unparseable
    `,
    { at: ['greeting', 'ehlo', 'tls', 'auth', 'mail', 'rcpt', 'data'] },
  ],
  [
    'protocol-error',
    any`
      syntax error|(?:command|input|line|request|text|argument|response).{0,10} (?:is |was )?too long|syntax:
      |usage:|bad syntax|no parameters? allowed|(?:parameter|argument)s? (?:required|missing|error|not allowed)
      |missing (?:parameter|argument|colon)
    `,
    { at: ['greeting', 'ehlo', 'tls', 'auth', 'data'] },
  ],
  ['protocol-error', /bdat|chunk|(?:vrfy|expn|etrn|turn|help|noop|rset|quit)\b/],
];

/** How much, how many, how fast. */
export const AMOUNTS: readonly Phrase[] = [
  // --- What the recipient gets, whoever sends it: Gmail 4.2.1, Exchange 5.2.122, iCloud ---
  // Gmail, Exchange Online, iCloud, Yandex
  [
    'quota-of-recipient',
    any`
      receiving (?:e?mails?|messages?|too) .{0,10}(?:too|at|quick|fast|many)
      |receiv\w{1,4} (?:rate |message |mail )?limit
      |(?:recipient|mailbox|user|whom|domain).{0,60}\b(?:receiv\w{1,4}|inbound|incoming|getting
        |gets)\b.{0,30}(?:limit|rate|quick|too|quota|exceed|many)
      |recipient has exceeded .{0,20}(?:rate|limit)
      |recipient(?:'s)? (?:per.?|hourly|daily|messages?|mail|rate|has exceeded (?:the|its|their) (?:limit|max
        |rate|number|quota for))\b.{0,40}(?:limit|rate|hour|day|messages|mails)
      |(?:messages|mails?|e-?mails?) (?:to|for) (?:whom|this (?:user|recipient|mailbox|address)|the (?:user
        |recipient)).{0,60}(?:excessive|too (?:many|much|fast|quick)|rate|volume|limit)
      |too (?:many|much) (?:messages|mails?|e-?mails?) (?:to|for) (?:whom|this|the|your)
    `,
  ],

  // --- Connections ---
  // Sendmail, Postfix, Exim, Comcast, Orange, GoDaddy, Amazon SES
  [
    'too-many-connections',
    any`
      trop de connexions
      |too many (?!messages|mails|e-?mails|recipients|rcpts|errors|bad
        |commands)(?:[a-z]{1,15} )?(?:[a-z]{1,15} )?(?:[a-z]{1,15} )?(?:connections?|sessions?|concurrent
        |concurrency|simultaneous|parallel|clients|processes|channels|threads)\b
      |(?:concurren|simultaneous|parallel)\w{0,6}.{0,30}(?:connection|session|limit|exceed|max|deliver|smtp)
      |(?:connections?|sessions?)\b.{0,30}(?:limit|exceed|rate|too (?:many|fast|often|quick|frequent)|frequen
        |max|per (?:ip|host|client|minute|hour)|throttl)
      |(?:max|maximum|limit|number|exceed\w{0,3}|rate)\b(?!.{0,20}(?:messages?|mails?|e-?mails?
        |recipients?) per).{0,30}\b(?:connections?|sessions?)\b
      |connecting too|connect(?:ed|ing)? too (?:often|fast|frequent|many)|(?:already|only) .{0,20}connections?
    `,
  ],

  // --- Mail in a time ---
  // a number in a time: cPanel, Gmail, IronPort, GoDaddy, Exchange Online
  [
    'rate-limited',
    any`
      (?:too many|too much|limit|exceed\w{0,3}|max|maximum|number|quota|received|sent).{0,60}\b(?:hours?|hourly
        |day|daily|today|minutes?|period|interval|24.?h|per.?(?:hour|day|minute|month|session|connection)
        |this (?:session|connection)|monthly|time frame)\b
      |(?:daily|hourly|monthly|per.?(?:hour|day|minute)|weekly).{0,30}(?:limit|quota|max|allow|exceed|sending
        |message|recipient)
    `,
  ],
  // Postfix (anvil), rspamd, Amazon SES, Comcast, IONOS, QQ, Yahoo
  [
    'rate-limited',
    any`
      rate.{0,2}limit|thread limit|too many (?:invalid|bad|unknown|wrong) (?:recipients|users|addresses)
      |(?:message|mail|email|sending|submission|recipient|sender|traffic|connection|delivery|your) rate\b
      |rate (?:is |was |has been )?(?:exceed|too|control|reach|throttl)|throttl
      |(?:too|so) (?:fast|quick|frequent|often)|frequen(?:cy|tly)|slow(?:ing)? (?:down|it)
      |(?:send|sending|outgoing|outbound|smtp|relay|message|mail|e-?mail|submission|account|plan|user) ?(?:rate |sending |message |mail |relay )?(?:limit
        |quota|allowance)s?\b.{0,30}(?:exceed|reach|hit|over|used)
      |(?:exceed\w{0,3}|reached|over|hit|above|beyond) .{0,40}(?:sending|send|outgoing|outbound|relay|message
        |mail|e-?mails?|submission|rate|max emails|messages?) ?(?:rate |relay )?(?:limit|quota|allowance|rate
        |number|volume|credits|threshold|count)\b
      |quota (?:for|of|on) (?:sending|outgoing|messages)|(?:sent|sending|send) (?:to )?(?:too|so) (?:many|much)
      |too (?:many|much) (?:mails?|messages|e-?mails?|smtp|traffic|recipients? (?:from|received)|transactions
        |deliver|requests|attempts)\b(?! (?:on|in) (?:the|this|his|their|your) (?:server|mail ?box))
      |flood|burst|unusual (?:rate|volume|amount)
      |(?:high|excessive|large|abnormal) (?:volume|rate|amount|number) of|volume (?:of|limit|exceed)
      |\bpolicyd?\b.{0,20}quota|temporarily rate|credits? (?:exceeded|exhausted|used up)
      |messag\w{1,4} (?:quota|limit)|sending limit
    `,
  ],

  // --- Recipients of one message ---
  // everybody (RFC 5321 §4.5.3.1.10)
  [
    'too-many-recipients',
    any`
      too many (?:valid |to |cc |bcc |envelope |message |local |remote )?(?:recipients?|rcpts?|addresses|rcpt
        |addressees|destinations|users)
      |(?:recipients|rcpts?|recipient (?:limit|count|number))\b.{0,30}(?:limit|exceed|maximum|\bmax\b|\bcount\b
        |allowed|per (?:message|mail|session|connection|transaction)|number|too many)
      |(?:limit|maximum|max|number|exceed\w{0,3}|count|only|more than) .{0,30}\b(?:recipients|rcpts?)\b
      |allow rcpt|too much recipient|reduce the number of recipients
      |(?:message|mail|rcpt) (?:has |to )?too many recip
    `,
  ],
];
