// What can be done with many monitors at once, and what has to be said for it.
// Promises that a wish is null as long as something for it is missing.
import type { ReadonlySignal, Signal } from '@preact/signals'
import { get } from '../api/client.ts'
import type { Wish } from '../api/bulk.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Rule } from '../api/types.ts'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { Field, Select } from '../parts/field.tsx'
import { base } from '../router.ts'

/** What was entered. */
export type Entered = Readonly<Record<string, string>>

interface AskProps {
  readonly entered: Signal<Entered>
}

export interface Deed {
  readonly name: string
  readonly word: string
  /** On the button that does it. */
  readonly verb: string
  /** What to ask for before anything can be shown; null: nothing. */
  readonly Ask: ((props: AskProps) => preact.JSX.Element) | null
  wish(entered: Entered): Wish | null
}

export const deeds: readonly Deed[] = [
  { name: 'pause', word: 'Pause', verb: 'Pause', Ask: null, wish: () => ({ do: 'pause' }) },
  { name: 'resume', word: 'Resume', verb: 'Resume', Ask: null, wish: () => ({ do: 'resume' }) },
  { name: 'setting', word: 'Interval and patience', verb: 'Change', Ask: AskSetting, wish: settingWish },
  { name: 'labels', word: 'Labels', verb: 'Change', Ask: AskLabel, wish: labelWish },
  { name: 'rule', word: 'Rule', verb: 'Change', Ask: AskRule, wish: ruleWish },
  { name: 'delete', word: 'Delete', verb: 'Delete', Ask: null, wish: () => ({ do: 'delete' }) },
]

const enter = (entered: Signal<Entered>, name: string) => (value: string) => {
  entered.value = { ...entered.value, [name]: value }
}
const said = (entered: ReadonlySignal<Entered>, name: string, otherwise = '') => entered.value[name] ?? otherwise

interface Setting {
  readonly name: string
  readonly word: string
  readonly help: string
  readonly is: 'span' | 'number'
}

const settings: readonly Setting[] = [
  { name: 'interval', word: 'Interval', is: 'span', help: 'Between two checks: 10s, 1m, 1h30m.' },
  { name: 'timeout', word: 'Timeout', is: 'span', help: 'How long a check may take: 5s.' },
  { name: 'retry_every', word: 'Interval while it fails', is: 'span', help: 'Between checks while it is not up: 5s.' },
  { name: 'fail_after', word: 'Failures before it is down', is: 'number', help: 'So many in a row.' },
  { name: 'recover_after', word: 'Successes before it is up', is: 'number', help: 'So many in a row.' },
]
const settingOf = (name: string | undefined) => settings.find((one) => one.name === name) ?? settings[0]

function AskSetting({ entered }: AskProps) {
  const setting = settingOf(entered.value['setting'])
  return (
    <>
      <Select
        label="Setting"
        value={setting?.name ?? ''}
        set={enter(entered, 'setting')}
        options={settings.map(({ name, word }) => [name, word])}
      />
      <Field
        label="New value"
        value={said(entered, 'value')}
        set={enter(entered, 'value')}
        help={`${setting?.help ?? ''} Leave it empty for what counts where nothing is set.`}
        autoFocus
      />
    </>
  )
}

/** An empty value takes the setting away. */
function settingWish({ setting: chosen, value = '' }: Entered): Wish | null {
  const setting = settingOf(chosen)
  if (!setting) return null
  const text = value.trim()
  if (text === '') return { set: { [setting.name]: null } }
  return { set: { [setting.name]: setting.is === 'number' && /^\d+$/.test(text) ? Number(text) : text } }
}

function AskLabel({ entered }: AskProps) {
  const takes = said(entered, 'does', 'give') === 'take'
  return (
    <>
      <Select
        label="What"
        value={said(entered, 'does', 'give')}
        set={enter(entered, 'does')}
        options={[
          ['give', 'Give all of them a label, or another value of it'],
          ['take', 'Take a label away'],
        ]}
      />
      <Field label="Label" value={said(entered, 'label')} set={enter(entered, 'label')} help="For instance team." />
      {!takes && (
        <Field label="Value" value={said(entered, 'value')} set={enter(entered, 'value')} help="For instance shop." />
      )}
    </>
  )
}

function labelWish({ does = 'give', label = '', value = '' }: Entered): Wish | null {
  const name = label.trim()
  if (name === '' || (does === 'give' && value.trim() === '')) return null
  return { set: { labels: { [name]: does === 'take' ? null : value.trim() } } }
}

function AskRule({ entered }: AskProps) {
  const rules = useLoaded('all rules', (signal) => get<ListOf<Rule>>('/rules', { limit: 200 }, signal))
  if (rules.problem) return <Trouble problem={rules.problem} again={rules.again} />
  if (!rules.value) return <Waiting />
  if (rules.value.items.length === 0)
    return (
      <p class="notice">
        <span>
          There is no rule yet. <a href={`${base}/rules/new`}>Make one</a>, then choose the monitors again.
        </span>
      </p>
    )
  return (
    <>
      <Select
        label="Rule"
        value={said(entered, 'rule')}
        set={enter(entered, 'rule')}
        options={[['', 'Choose a rule'], ...rules.value.items.map(({ key, name }) => [key, name] as const)]}
      />
      <Select
        label="What"
        value={said(entered, 'about', 'yes')}
        set={enter(entered, 'about')}
        options={[
          ['yes', 'It shall be about these monitors, too'],
          ['no', 'It shall not be about them any more'],
        ]}
      />
    </>
  )
}

function ruleWish({ rule = '', about = 'yes' }: Entered): Wish | null {
  return rule === '' ? null : { rule, about: about === 'yes' }
}
