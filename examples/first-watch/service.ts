// The small service that is watched, all its faces together, with what Allswell must be told to find them.
// Promises that its owner can put it away, whenever that is. Must not know the story.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Owner } from '#test/program/program.ts'
import { type SmtpSink, startSmtpSink } from '#test/smtp-sink.ts'
import { type Face, openDatabase, openShop, openTicker, type Shop } from './faces.ts'
import { type Names, openNames } from './names.ts'
import { type Checkout, openCheckout, openQueue, password, vouch } from './secure.ts'

/** The mail server, to which the alerts go as well. */
export interface Mail extends Face, Omit<SmtpSink, 'port' | 'stop'> {}

export interface Service {
  readonly shop: Shop
  readonly checkout: Checkout
  readonly queue: Face
  readonly database: Face
  readonly names: Names
  readonly ticker: Face
  readonly mail: Mail
  readonly gateway: Gateway
  /** What the configuration takes from the environment. */
  readonly env: Readonly<Record<string, string>>
}

/** What is pinged: every address of the loopback network answers, and its last one is nobody's. */
export interface Gateway {
  /** Writes another address into the file that the configuration reads. */
  move(address: string): void
}
export const gatewayAddress = '127.0.0.77'
export const nobodysAddress = '127.255.255.255'

/** Opens all faces; what the configuration reads from files is put into the folder. */
export async function openService(owner: Owner, folder: string): Promise<Service> {
  const vouching = vouch()
  writeFileSync(join(folder, 'root.pem'), vouching.root.pem)
  const gateway = { move: (address: string) => writeFileSync(join(folder, 'gateway'), address) }
  gateway.move(gatewayAddress)
  const kept = async <Opened extends { stop(): Promise<void> }>(opening: Promise<Opened>) => {
    const opened = await opening
    owner.after(() => opened.stop())
    return opened
  }
  const faces = {
    shop: await kept(openShop()),
    checkout: await kept(openCheckout(vouching)),
    queue: await kept(openQueue(vouching)),
    database: await kept(openDatabase()),
    names: await openNames(owner),
    ticker: await kept(openTicker()),
    mail: await kept(openMail()),
  }
  const ports = Object.entries(faces).map(([name, { port }]) => [`${name.toUpperCase()}_PORT`, String(port)])
  return { ...faces, gateway, env: { ...Object.fromEntries(ports), CHECKOUT_PASSWORD: password } }
}

/** Takes mail; while it is broken it turns everybody away. */
async function openMail(): Promise<Mail> {
  let full = false
  const sink = await startSmtpSink({
    answer: (stage) => (full && stage === 'connect' ? { code: 421, text: 'Too many letters, come back later' } : 'ok'),
  })
  return { ...sink, break: () => void (full = true), mend: () => void (full = false) }
}
