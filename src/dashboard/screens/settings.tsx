// One's own account and browser: name, theme, density, keys.
import { useSignal } from '@preact/signals'
import { patch } from '../api/client.ts'
import { Panel } from '../parts/basics.tsx'
import { Field, Select } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { learnWho, me } from '../session.ts'
import { density, keys, theme } from '../settings.ts'
import { limitWords, roleWords } from './people-words.ts'
import { Settings } from './settings-frame.tsx'

export const ProfileScreen = () => (
  <Settings title="Profile">
    <div class="split">
      <Panel title="You">
        <Account />
      </Panel>
      <Panel title="This browser">
        <Browser />
      </Panel>
    </div>
  </Settings>
)

function Account() {
  const who = me.value
  const name = useSignal(who?.user?.name ?? '')
  if (!who) return null
  const save = async () => {
    await patch('/me', { name: name.value.trim() })
    await learnWho()
    toast('Saved.')
  }
  return (
    <div class="stack">
      <dl class="facts">
        <dt>{who.kind === 'user' ? 'E-mail' : 'Token'}</dt>
        <dd>{who.name}</dd>
        <dt>Role</dt>
        <dd>{who.role === null ? 'none' : `${who.role}: ${roleWords[who.role]}`}</dd>
        <dt>Sees</dt>
        <dd>{limitWords(who.labels)}</dd>
      </dl>
      {who.session !== null && (
        <Form send={save} action="Save">
          {(wrong) => (
            <Field
              label="Name"
              value={name.value}
              set={(text) => (name.value = text)}
              autoComplete="name"
              wrong={wrong('name')}
            />
          )}
        </Form>
      )}
    </div>
  )
}

const Browser = () => (
  <div class="stack">
    <Select
      label="Colours"
      value={theme.value}
      set={(value) => (theme.value = value as typeof theme.value)}
      options={[
        ['system', 'As the system has it'],
        ['light', 'Light'],
        ['dark', 'Dark'],
      ]}
    />
    <Select
      label="Rows of tables"
      value={density.value}
      set={(value) => (density.value = value as typeof density.value)}
      options={[
        ['dense', 'Dense: one line, 36 pixels'],
        ['roomy', 'Roomy: two lines'],
      ]}
    />
    <Select
      label="Single-key commands"
      value={keys.value}
      set={(value) => (keys.value = value as typeof keys.value)}
      options={[
        ['on', 'On'],
        ['off', 'Off; Ctrl K still opens the palette'],
      ]}
      help="Press ? for the list."
    />
  </div>
)
