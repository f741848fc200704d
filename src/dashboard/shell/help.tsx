// The list of keys.
import { Kbd } from '../parts/basics.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { base } from '../router.ts'
import { keys } from '../settings.ts'
import { overlay } from './commands.ts'
import { keyList } from './keymap.ts'

export const Help = () => (
  <Dialog title="Keys" close={() => (overlay.value = null)}>
    {keys.value === 'off' && (
      <p class="notice">
        <span>
          Single keys are off; <a href={`${base}/settings`}>your settings</a> have the switch.
        </span>
      </p>
    )}
    <dl class="facts">
      <dt>
        <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
      </dt>
      <dd>Find anything: screens, monitors, deeds</dd>
      {keyList.map(({ keys, words }) => (
        <KeyLine key={words} keys={keys} words={words} />
      ))}
      <dt>
        <Kbd>Esc</Kbd>
      </dt>
      <dd>Close, or leave a field</dd>
    </dl>
    <div class="line">
      <button type="button" class="button" onClick={() => (overlay.value = null)}>
        Close
      </button>
    </div>
  </Dialog>
)

const KeyLine = ({ keys, words }: { readonly keys: readonly string[]; readonly words: string }) => (
  <>
    <dt>
      {keys.map((one) => (
        <span key={one}>
          <Kbd>{one}</Kbd>{' '}
        </span>
      ))}
    </dt>
    <dd>{words}</dd>
  </>
)
