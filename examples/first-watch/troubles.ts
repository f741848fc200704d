// The troubles of the service, each of which one chapter tells: what breaks, who finds it, and how it is mended.
// Promises that each leaves the service as it was. Does nothing by itself.
import type { Trouble } from './chapter.ts'
import type { Event, Scene } from './scene.ts'
import { shopName, wrongAddress } from './names.ts'
import { gatewayAddress, nobodysAddress } from './service.ts'

const inARow = ({ confirmations }: Event) => `${confirmations} bad answers in a row, as its fail_after says`

/** What may go wrong with what is answered: HTTP, TCP, DNS, UDP. */
export function troublesOfFaces({ shop, queue, database, names, ticker }: Scene['service']): Trouble[] {
  return [
    {
      keys: ['shop'],
      title: 'The web shop breaks',
      breaks: 'the shop answers 500 to everything',
      mended: 'the shop answers 200 again',
      seen: inARow,
      break: () => shop.break(),
      mend: () => shop.mend(),
    },
    {
      keys: ['shop'],
      title: 'The web shop says that it is well, and is not',
      breaks: 'the shop answers 200 OK, but there is nothing in it',
      mended: 'the shelves are filled again',
      break: () => shop.stock(0),
      mend: () => shop.stock(12),
    },
    {
      keys: ['queue'],
      title: 'The queue of orders takes no more',
      breaks: 'the queue still accepts connections, speaks TLS, and answers that its disk is full',
      mended: 'there is room on its disk again',
      break: () => queue.break(),
      mend: () => queue.mend(),
    },
    {
      keys: ['database'],
      title: 'The database breaks',
      breaks: 'the database closes its port',
      mended: 'the database listens again',
      seen: ({ confirmations }) => `${confirmations} refusals in a row, as its fail_after says`,
      break: () => database.break(),
      mend: () => database.mend(),
    },
    {
      keys: ['name'],
      title: 'The name of the shop leads elsewhere',
      breaks: `the name server says that ${shopName} is ${wrongAddress}`,
      mended: 'the name server tells the right address again',
      break: () => names.break(),
      mend: () => names.mend(),
    },
    {
      keys: ['ticker'],
      title: 'The price ticker is gone',
      breaks: 'nobody listens on the UDP port of the ticker',
      mended: 'the ticker listens again',
      break: () => ticker.break(),
      mend: () => ticker.mend(),
    },
  ]
}

/** What may go wrong with a certificate. The web shop behind it works all the time. */
export function troublesOfCertificates({ checkout }: Scene['service']): Trouble[] {
  return [
    {
      keys: ['certificate'],
      status: 'degraded',
      title: 'Nobody renews the certificate',
      breaks: 'the checkout shows a certificate that is valid for 12 days',
      mended: 'a new one for 90 days',
      seen: () => 'customers notice nothing yet, so this is a warning',
      break: () => checkout.exchange(12),
      mend: () => checkout.exchange(90),
    },
    {
      keys: ['certificate', 'checkout'],
      title: 'The certificate is put in without the one that it rests on',
      breaks: 'the checkout shows its own certificate alone, as a hasty renewal does',
      mended: 'it shows the one of Example Issuer with it',
      break: () => checkout.exchange(90, false),
      mend: () => checkout.exchange(90),
    },
  ]
}

export const mailTrouble = ({ mail }: Scene['service']): Trouble => ({
  keys: ['mail'],
  title: 'The mail server takes no letters, those about itself neither',
  breaks: 'the mail server turns everybody away',
  mended: 'the mail server takes letters again',
  seen: () => 'the webhook tells at once; the mail waits and is tried again',
  noMail: true,
  break: () => mail.break(),
  mend: () => mail.mend(),
})

export function gatewayTrouble(scene: Scene): Trouble {
  const move = (address: string) => {
    scene.service.gateway.move(address)
    scene.reload()
  }
  return {
    keys: ['gateway'],
    title: 'Somebody writes a wrong address for the gateway',
    breaks: `the file says ${nobodysAddress}, and Allswell reads it anew (SIGHUP)`,
    mended: `the file says ${gatewayAddress} again`,
    seen: () => 'the gateway stands on no public page, so only the team is told',
    break: () => move(nobodysAddress),
    mend: () => move(gatewayAddress),
  }
}

export const workerTrouble = ({ worker }: Scene): Trouble => ({
  keys: ['worker'],
  title: 'The worker falls silent',
  breaks: 'the worker sends no more heartbeats',
  mended: 'the worker sends heartbeats again',
  seen: () => 'a heartbeat every 2 s is expected, with 1 s of grace: time alone decided it',
  break: () => worker.rest(),
  mend: () => worker.resume(),
})
