// Listening: on one address or on all, and why that cannot be.
// Promises a sentence that names the address, the cause and the flag. Must not know what is listened to.
import { lookup } from 'node:dns/promises'

/** With port 0 UDP must get the number that TCP was given; it may be taken, so it is tried again. */
const triesForBoth = 10

export type Open<Door> = (host: string, port: number) => Promise<Door>

/** An empty host, `*` or `::` is all interfaces: both families, or IPv4 alone where the machine has no IPv6. */
export async function openAnywhere<Door>(open: Open<Door>, host: string, port: number, flag: string): Promise<Door> {
  if (!['', '*', '::'].includes(host)) return openHost(open, host, port, flag)
  try {
    return await openPort(open, '::', port)
  } catch (error) {
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error))) throw explained(error, host, port, flag)
  }
  return openHost(open, '0.0.0.0', port, flag)
}

async function openHost<Door>(open: Open<Door>, host: string, port: number, flag: string): Promise<Door> {
  try {
    return await openPort(open, (await lookup(host)).address, port)
  } catch (error) {
    throw explained(error, host, port, flag)
  }
}

async function openPort<Door>(open: Open<Door>, address: string, port: number): Promise<Door> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open(address, port)
    } catch (error) {
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || tries === triesForBoth) throw error
    }
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const causes: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it; stop that one or choose another port',
  EACCES: 'this user may not; choose a port above 1023',
  EADDRNOTAVAIL: 'no interface of this machine has this address',
  ENOTFOUND: 'the host name is not known',
}

function explained(error: unknown, host: string, port: number, flag: string): Error {
  const code = codeOf(error)
  const syscall = error instanceof Error && 'syscall' in error ? String(error.syscall) : ''
  const place = `${host === '' ? '*' : host}:${port} (${syscall === 'bind' ? 'UDP' : 'TCP'})`
  const why = causes[code] ?? String(error)
  return Object.assign(new Error(`Cannot take heartbeats on ${place}: ${why}. Set it with ${flag} HOST:PORT.`), {
    code,
  })
}
