// The form's screens, one for each type of object.
import { editScreen } from './edit.tsx'

export const edits = {
  monitor: editScreen('monitor'),
  channel: editScreen('channel'),
  rule: editScreen('rule'),
  page: editScreen('page'),
}
