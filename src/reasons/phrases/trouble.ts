/** On the way, and at the other server: circles, time, look-ups, and things that pass. */
import { any } from './phrase.ts';
import type { Phrase } from './phrase.ts';

/** What is clear whatever else is said. */
export const PASSING: readonly Phrase[] = [
  ['server-trouble', /temporary lookup failure/],
  ['rate-limited', /too many (?:new )?(?:tls|ssl|auth)/],
  // --- Asked to come back: Postgrey, SQLgrey, milter-greylist, rspamd, policyd, Yahoo ---
  [
    'greylisted',
    any`
      gr[ea]y.?list|gr[ea]y.?trap|policy rejection.{0,6}(?:please )?try later
      |(?:first|new|unknown) (?:time )?(?:sender|contact|connection|triplet|client|mail).{0,40}(?:try|retry
        |later|wait|delay|defer)
      |(?:try|retry|come back|wait|again|resend|return).{0,20}(?:in|after|for) (?:about |at least |another )?(?:\d{1,6}
        |one|two|five|ten|a few|some|several) ?(?:s|sec\w{0,5}|m|min\w{0,5}|h|hours?|moments?)\b
      |delayed (?:for|acceptance)|temporarily deferred for|(?:initial|early) (?:retry|attempt)|be patient
      |this is (?:a )?temporary .{0,20}new
    `,
    { class: 4 },
  ],
  ['greylisted', /come back later/, { enhanced: '7.1', class: 4 }],
  [
    'greylisted',
    any`
      ^(?:whom:? )?(?:recipient address rejected:? )?(?:please )?(?:try|retry|come back|message deferred
        |soft reject)\b.{0,30}later
    `,
    { enhanced: '7.1', class: 4 },
  ],

  // --- Circles ---
  // Sendmail, Postfix, qmail, Exchange, Courier (Delivered-To)
  [
    'mail-loop',
    any`
      \bloop|circulat|\bhops?\b|hop ?count|too many received
      |received(?: header)?s?.{0,20}(?:too many|count|limit|exceed)|circular|delivered-to
      |(?:points?|resolves?|leads?|routes?|refers?) (?:back )?to (?:itself|myself|me\b|us\b|this (?:host|server)
        |local)
      |best preference mx|back to (?:my|our)self|ping.?pong|forwarded to itself|endless|infinite
    `,
  ],

  // --- A check that is out of order, not what it checks ---
  // amavis, milters, policy servers
  [
    'server-trouble',
    any`
      (?:scan|filter|anti-?virus|anti-?spam|milter|policy|spamd?|virus|content)\w{0,4}\b.{0,30}(?:error
        |fail(?:ed|ure)?|unavailable|not available|time ?out|timed out|not respond|problem|crash|down)\b
    `,
    { class: 4 },
  ],
];

export const TROUBLE: readonly Phrase[] = [
  // --- Time ---
  // Exchange, Momentum, Exim, RFC 3463
  [
    'expired',
    any`
      expired|past expir|queue period|numerous attempts
      |(?:in|on) (?:the )?(?:mail |delivery |message )?queue (?:too|for|longer|since)
      |queue.{0,20}(?:too long|time|life ?time|expir|limit)
      |(?:retry|retries|attempts|tries|delivery|deliver) .{0,30}(?:exceeded|exhausted|reached|time ?out
        |timed out|expir|gave up|failed (?:for|after)|limit)
      |(?:maximum|max|too many|number of|after|exceeded) .{0,30}(?:retries|retry|attempts|tries)
      |ga?i?ve?n?(?:ing)? up|undelivera?b?l?e?d? (?:for|after|within)
      |not (?:be )?deliver\w{0,6} .{0,30}(?:within|after|for (?:the )?(?:past|last|more|over|\d)
        |in (?:the )?(?:time|allotted|\d))
      |delivery time|(?:message|mail|delayed|waited|queued?) (?:for )?too (?:long|old)|stale
      |for (?:the )?(?:last|past|more than|over) \d{1,4} (?:days?|hours?)|time.?to.?live|\bttl\b
      |(?:delivery|message|mail|queue) time(?:d)?.?out
    `,
  ],

  // --- Look-ups and ways ---
  // Exchange, Sendmail, Postfix
  [
    'dns-trouble',
    any`
      \bdns\b|host not found, try again|name server reply
      |(?:name|host|domain|mx|address|resolver).{0,30}(?:look-?up|resolution|resol\w{1,4}).{0,40}(?:fail|error
        |temporar|time|problem|trouble|not|later)
      |(?:temporar|error|fail|trouble|problem|unable|cannot|can't|could not|couldn't|deferred).{0,40}(?:resolv
        |look up (?:the )?(?:host|domain|mx)|name ?server|name service|mx record|domain name)
      |servfail|unresolvable|name ?server
    `,
  ],
  // Exchange Online, Momentum, Postfix as a proxy
  [
    'no-route',
    any`
      connect(?:ion)? (?:was |has been |attempt |to .{1,60} )?(?:refused|timed? ?out|time-?out|reset|failed
        |dropped|closed|lost|error|abort)
      |(?:could not|cannot|can't|couldn't|unable to|failed to|failure|error) (?:connect|reach|contact|establish
        |deliver to|open (?:a )?connection|route|find (?:a )?route|communicat)\w{0,6}
      |no route|(?:remote|destination|next.?hop|upstream|backend|smarthost|gateway|peer)\b.{0,30}unavailable
      |(?:host|server|network|destination|next.?hop|mta|mx|gateway|relay|peer|upstream|backend
        |smarthost)\w{0,8}\b.{0,30}(?:unreachable|not (?:reachable|respond|answer|reach)|(?:is|are|was|seems
        |appears) down\b|did(?: not|n't) (?:respond|answer)|does(?: not|n't) (?:respond|answer)|offline|refused)
      |no (?:answer|response) from|not respond|unresponsive|lost connection|all (?:hosts|relevant|mx)
      |no valid hosts|connection failures|unable to route|cannot route|socket error
      |remote (?:host|server|end|side)|winsock|\b10061\b|\b10060\b
    `,
  ],

  // --- The other server's own trouble ---
  // everybody: disk, memory, directory, database, configuration
  [
    'server-trouble',
    any`
      (?:internal|local|system|server|configuration|config|database|\bdb\b|\bsql\b|mysql|\bldap\b|directory
        |software|resources?|disk|i/o|queue|spool|processing|milter|filter|backend|back-?end|script|table|map
        |daemon|program|socket|file|lmtp|storage|store|transport|runtime|permission|virus scanner|scanner
        |antivirus|content|policy (?:server|service|daemon)|perl|quota|verification|user|recipient) ?(?:service |server |system |look-?up |processing |check |temporary |in processing )*(?:error
        |failure|failed|problem|trouble|fault|exhaust\w{0,4}|unavailable|not available|corrupt|inaccessible
        |not accessible|crash|denied|timed? ?out|timeout|misconfig\w{0,6}|offline|is down)
      |(?:error|failure|problem|trouble|fault|exception) (?:in|with|while|during|when|writing|reading|opening
        |processing|accessing|queuing|queueing|creating|storing|saving|on) 
      |(?:out of|insufficient|low|no|not enough|short of|lack of|shortage of|low on) (?:main |system |disk |free |virtual |available |server |storage )*(?:memory
        |disk|space|storage|resources|swap|inodes|descriptors|buffers?|ram)\b
      |space shortage|disk (?:is )?full|disk space|file ?system (?:is )?full|no space
      |(?:unable|failed) to (?:open|write|read|create|queue|save|store|access|process|accept|load|start|fork
        |exec|allocat|lock|chdir|deliver|figure|initiali[sz]e|scan|complete|handle|spool|look)
      |(?:cannot|can't|could not|couldn't) (?:open|write|read|create|store|save|allocat|queue|fork|exec|lock
        |access|accept|process|chdir|get|set|load|start|look|complete|fsync|handle|deliver|scan|stat)
      |\bqqt?\b
      |(?:temporary|temporal|temp\.?|transient|unexpected|unknown|fatal|critical|severe|generic|application
        |technical|unspecified) (?:system |service |server |local |internal |look-?up |mail |delivery |processing |authentication |technical |resource )*(?:error
        |failure|problem|trouble|fail|difficult|issue|exception|condition)
      |write error|read error|crash|misconfig|configuration (?:error|problem)|wrongly configured|exec|fork\b
      |fsync|tmp ?file|mail ?dir|sigterm|signal|temporarily out|broken|errno|stack|assertion|bug\b
      |contact (?:the )?(?:system )?(?:admin|postmaster)
    `,
    { class: 4 },
  ],
  // the same, for good: only what is plain
  [
    'server-trouble',
    any`
      (?:internal|system|local|server|configuration|config|database|ldap|disk|storage|software|transport
        |delivery) (?:server |system |configuration |software )*(?:error|failure|problem|fault|misconfig)
      |server (?:is )?(?:misconfigured|configuration)|out of (?:memory|disk|resources)|disk (?:is )?full
      |insufficient system|misconfig|unexpected (?:error|exception|failure)
      |(?:unhandled|fatal|internal) (?:error|exception)|local error
    `,
    { class: 5 },
  ],
];

/** Words that say little: behind them an enhanced code that says something decides first. */
export const VAGUE: readonly Phrase[] = [
  ['policy-other', /\bpolic/, { class: 5 }],
  ['greylisted', /^(?:please )?(?:try|retry|come back) (?:again )?later\W*$/, { at: ['rcpt', 'data'], class: 4 }],
  ['too-many-connections', /too many/, { at: ['greeting'], class: 4 }],
  // everybody that is busy
  [
    'try-later',
    any`
      busy|overload|\bload\b|shut(?:ting)? ?down|going down|restart|reboot
      |not (?:yet )?(?:ready|active|accepting|running|operational|started)
      |(?:try|retry|again|come back|resend|reconnect|call back|wait|resubmit|attempt).{0,30}(?:later|again|in a
        |after|soon|shortly|moment|minute|hour)
      |later|temporar|unavailable|not available|maintenance|please (?:wait|hold)|closing|suspend|paus|congest
      |resources|defer|delay|postpone|not now|service not
    `,
    { class: 4 },
  ],
  [
    'no-such-user',
    any`
      invalid|incorrect|wrong|not exist|recipient|address|mail ?box|user|not found|undeliverable
    `,
    { at: ['rcpt'], class: 5 },
  ],
  ['no-such-user', /reject\w{0,3} (?:the )?recipients?|recipients? (?:were |was )?reject/, { at: ['data', 'dot'] }],
  ['sender-unverifiable', /invalid|unknown|not exist|not found/, { at: ['mail'], class: 5 }],
  ['no-mail-here', /no (?:smtp|mail)|not accept/, { at: ['greeting'], class: 5 }],
  [
    'policy-other',
    any`
      polic|prohibit|allow|authori[sz]|denied|deny|administrat|refus|forbid|permit|reject|block|accept|violat
      |rule|security|restrict|unwelcome|go away
    `,
  ],
];
