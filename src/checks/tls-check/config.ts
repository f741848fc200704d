// The settings of a TLS check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a check is done.
import { z } from 'zod'
import { addressSetting, clash, ipSetting } from '../address.ts'
import { latencySetting } from '../latency.ts'
import { startTlsSetting } from '../starttls/starttls.ts'
import { refuseUnusedCa, trustSettings, usualDays } from './options.ts'

export const tlsConfig = z
  .strictObject({
    address: addressSetting,
    ip: ipSetting,
    starttls: startTlsSetting.optional(),
    ...trustSettings,
    days_left: trustSettings.days_left.default(usualDays),
    latency: latencySetting.optional(),
  })
  .transform((settings, context) => {
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    const wrong = clash(settings.address.host, settings.ip)
    if (wrong !== null) fault(wrong, 'ip')
    refuseUnusedCa(settings, fault)
    return settings
  })

export type TlsConfig = z.output<typeof tlsConfig>
