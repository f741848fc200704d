// SMTP as it is spoken to us: commands in, replies out, one mail after the other.
// Promises bounds on lines, mails, recipients and mistakes, and that only CRLF . CRLF ends a mail. No clock, no socket.
// Must not know what becomes of a mail.

export interface Mail<To> {
  readonly to: readonly To[]
  readonly bytes: Buffer
}

export interface DialogueParts<To> {
  /** Who an address means; a text: why nobody, as a reply. */
  recipient(address: string): To | string
  /** Takes a mail; gives the reply. Never rejects. */
  deliver(mail: Mail<To>): Promise<string>
  reply(line: string): void
  /** Says the last word. */
  end(): void
  readonly limits: DialogueLimits
}

export interface DialogueLimits {
  readonly line: number
  readonly mail: number
  readonly recipients: number
  /** Of one connection. */
  readonly mails: number
  readonly mistakes: number
}

const crlf = Buffer.from('\r\n')
const lastLine = Buffer.from('\r\n.\r\n')

export class Dialogue<To> {
  readonly #parts: DialogueParts<To>
  #bytes: Buffer = Buffer.alloc(0)
  #greeted = false
  #from = false
  #to: To[] = []
  /** Null: no mail is being taken. `dropped`: it is too long, and its end is waited for. */
  #mail: { parts: Buffer[]; size: number; dropped: boolean } | null = null
  #mails = 0
  #mistakes = 0
  #busy = false
  #over = false

  constructor(parts: DialogueParts<To>) {
    this.#parts = parts
    parts.reply('220 Allswell takes heartbeats by mail')
  }

  /** True: no more should be read until `take` has resolved. */
  async take(piece: Buffer): Promise<void> {
    if (this.#over) return
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece])
    if (this.#busy) return
    this.#busy = true
    while (!this.#over && (this.#mail === null ? this.#command() : await this.#data()));
    this.#busy = false
  }

  /** One command; false: none is complete. */
  #command(): boolean {
    const end = this.#bytes.indexOf(10)
    const { limits } = this.#parts
    if (end < 0 && this.#bytes.length > limits.line) this.#close('500 5.5.2 This line is too long')
    if (end < 0 || this.#over) return false
    const line = this.#bytes.subarray(0, end).toString('latin1').replace(/\r$/, '')
    this.#bytes = this.#bytes.subarray(end + 1)
    if (line.length > limits.line) this.#close('500 5.5.2 This line is too long')
    else this.#obey(line)
    return !this.#over
  }

  #obey(line: string): void {
    const [, verb = '', rest = ''] = /^([A-Za-z]+)[ \t]*(.*)$/s.exec(line) ?? []
    const command = this.#commands[verb.toUpperCase()]
    if (command === undefined) this.#refuse('500 5.5.1 This command is not known')
    else command(rest)
  }

  readonly #commands: Readonly<Record<string, (rest: string) => void>> = {
    HELO: () => this.#greet('250 Hello'),
    EHLO: () => {
      const { mail } = this.#parts.limits
      this.#greet(`250-Hello\r\n250-SIZE ${mail}\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES`)
    },
    MAIL: (rest) => this.#sender(rest),
    RCPT: (rest) => this.#recipient(rest),
    DATA: () => {
      if (this.#to.length === 0) return this.#refuse('503 5.5.1 Say first for whom it is: RCPT TO')
      this.#mail = { parts: [crlf], size: 0, dropped: false }
      this.#parts.reply('354 Send it, and end it with a line that is a dot')
    },
    RSET: () => {
      this.#reset()
      this.#parts.reply('250 2.0.0 Forgotten')
    },
    NOOP: () => this.#parts.reply('250 2.0.0 Yes'),
    VRFY: () => this.#refuse('252 2.5.1 Nobody is told here who there is'),
    QUIT: () => this.#close('221 2.0.0 Bye'),
  }

  #greet(reply: string): void {
    this.#reset()
    this.#greeted = true
    this.#parts.reply(reply)
  }

  #sender(rest: string): void {
    const [, size] = /\bSIZE=(\d{1,15})/i.exec(rest) ?? []
    if (!this.#greeted) return this.#refuse('503 5.5.1 Say EHLO first')
    if (!/^FROM:\s*<[^<>]*>/i.test(rest)) return this.#refuse('501 5.5.4 Write it so: MAIL FROM:<somebody@example.com>')
    if (Number(size ?? 0) > this.#parts.limits.mail) return this.#refuse('552 5.3.4 This mail is too large')
    if (this.#mails >= this.#parts.limits.mails) return this.#close('421 4.7.0 So many mails are enough; come again')
    this.#reset()
    this.#from = true
    this.#parts.reply('250 2.1.0 Go on')
  }

  #recipient(rest: string): void {
    const [, address] = /^TO:\s*<([^<>\s]{1,320})>/i.exec(rest) ?? []
    if (!this.#from) return this.#refuse('503 5.5.1 Say first from whom it is: MAIL FROM')
    if (address === undefined) return this.#refuse('501 5.5.4 Write it so: RCPT TO:<key@example.com>')
    if (this.#to.length >= this.#parts.limits.recipients) return this.#refuse('452 4.5.3 So many recipients are enough')
    const to = this.#parts.recipient(address)
    if (typeof to === 'string') return this.#refuse(to)
    this.#to.push(to)
    this.#parts.reply('250 2.1.5 Go on')
  }

  /** What there is of a mail; false: its end has not come. */
  async #data(): Promise<boolean> {
    const mail = this.#mail
    if (mail === null) return true
    // The end may lie across pieces: so much of what was taken is looked at again.
    const before = mail.parts.at(-1) ?? crlf
    const look = Buffer.concat([before.subarray(-4), this.#bytes])
    const overlap = look.length - this.#bytes.length
    const end = look.indexOf(lastLine)
    if (end < 0) {
      keep(mail, this.#bytes, this.#parts.limits.mail)
      this.#bytes = Buffer.alloc(0)
      return false
    }
    const last = this.#bytes.subarray(0, Math.max(0, end + 2 - overlap))
    keep(mail, last, this.#parts.limits.mail)
    this.#bytes = this.#bytes.subarray(end + lastLine.length - overlap)
    const to = this.#to
    this.#reset()
    this.#mail = null
    this.#mails += 1
    if (mail.dropped) this.#refuse('552 5.3.4 This mail is too large')
    else this.#parts.reply(await this.#parts.deliver({ to, bytes: undotted(Buffer.concat(mail.parts)) }))
    return !this.#over
  }

  #reset(): void {
    this.#from = false
    this.#to = []
  }

  #refuse(reply: string): void {
    this.#mistakes += 1
    if (this.#mistakes > this.#parts.limits.mistakes) this.#close('421 4.7.0 Too many mistakes; come again')
    else this.#parts.reply(reply)
  }

  #close(reply: string): void {
    this.#over = true
    this.#parts.reply(reply)
    this.#parts.end()
  }
}

function keep(mail: { parts: Buffer[]; size: number; dropped: boolean }, piece: Buffer, most: number): void {
  mail.size += piece.length
  if (mail.size > most) mail.dropped = true
  // Of what is dropped only so much is kept as the end may lie across.
  if (mail.dropped) mail.parts = [Buffer.concat([mail.parts.at(-1) ?? crlf, piece]).subarray(-4)]
  else if (piece.length >= 4) mail.parts.push(piece)
  else mail.parts.push(Buffer.concat([mail.parts.pop() ?? crlf, piece]))
}

/** Without the line feed before its first line, and lines that began with a dot as they were. */
function undotted(bytes: Buffer): Buffer {
  const text = bytes.subarray(2).toString('latin1')
  return Buffer.from(text.replaceAll(/^\.\./gm, '.'), 'latin1')
}
