// Making and changing any object: one screen, made from its schema, tested before it is saved.
// Promises that what a file owns is shown and not changed, with the file named.
import { useEffect, useMemo } from 'preact/hooks'
import { at, get, remove } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import { formSpec, type ObjectType } from '../api/schemas.ts'
import type { Common } from '../api/types.ts'
import { kindIn } from '../form/entry.ts'
import { ObjectForm } from '../form/form.tsx'
import { Draft } from '../form/hand.ts'
import type { FormSpec } from '../form/model.ts'
import { Failed, Head, Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { toast } from '../parts/toast.tsx'
import { base, go, place, unsaved } from '../router.ts'
import type { Params } from '../routes.ts'
import { may } from '../session.ts'
import { isFileOwned, ownerWord } from '../words.ts'
import { ChooseKind } from './edit-kind.tsx'
import { TriedResult, TryButton, useTried } from './edit-try.tsx'
import { Overtaken } from './edit-overtaken.tsx'
import { Changes } from './monitor-changes.tsx'
import { objectWords } from './object-types.ts'

/** The screen for one type; without a key in the address it makes a new one. */
export const editScreen =
  (type: ObjectType) =>
  ({ params: { key } }: { readonly params: Params }) => <Edit type={type} name={key ?? null} />

function Edit({ type, name }: { readonly type: ObjectType; readonly name: string | null }) {
  const words = objectWords[type]
  const schema = useLoaded(`schema ${type}`, () => formSpec(type))
  const stored = useLoaded(name === null ? null : `edit ${type} ${name}`, (signal) =>
    get<Common>(at(words.path, name ?? ''), {}, signal),
  )
  const problem = schema.problem ?? stored.problem
  if (problem)
    return (
      <Failed
        problem={problem}
        again={() => {
          schema.again()
          stored.again()
        }}
      />
    )
  if (!schema.value || (name !== null && (!stored.value || stored.loading))) return <Waiting />
  return <Sheet type={type} spec={schema.value} stored={stored.value} />
}

interface SheetProps {
  readonly type: ObjectType
  readonly spec: FormSpec
  readonly stored: Common | null
}

function Sheet({ type, spec, stored }: SheetProps) {
  const words = objectWords[type]
  const asked = place.value.query.get('kind')
  const { kinds } = spec
  const draft = useMemo(() => {
    const begun = asked !== null && kinds.some((one) => one.kind === asked) ? { [asked]: {} } : {}
    const entry = stored?.spec ?? begun
    return new Draft(type, stored, entry, kindIn(spec, entry)?.kind ?? null)
  }, [stored, asked])
  useEffect(() => void draft.learn(), [draft])
  const kind = kindIn(spec, draft.entry.value)
  if (kinds.length > 0 && kind === null) return <ChooseKind type={type} kinds={kinds} />
  const byFile = stored !== null && isFileOwned(stored.owner)
  const readOnly = byFile || !may('edit')
  return (
    <div class="screen narrow">
      <p class="crumb">
        <a class="quiet" href={`${base}/${words.path}`}>
          {words.many}
        </a>{' '}
        /{' '}
        {stored !== null ? (
          stored.key
        ) : kind === null ? (
          'new'
        ) : (
          <a class="quiet" href={`${base}/${words.path}/new`}>
            another kind
          </a>
        )}
      </p>
      <Head title={stored === null ? `New ${words.one}${kind === null ? '' : `: ${kind.title}`}` : stored.name}>
        {stored !== null && !readOnly && <Delete type={type} stored={stored} />}
      </Head>
      <div class="stack wide">
        {byFile && (
          <p class="notice">
            <span>
              This {words.one} is owned by the file <code>{ownerWord(stored.owner)}</code>. Change it there; here it can
              only be read.
            </span>
          </p>
        )}
        {!byFile && readOnly && <p class="notice">You may look at this, but not change it.</p>}
        <ObjectForm key={draft.turn.value} draft={draft} spec={spec} readOnly={readOnly} />
        {draft.problem.value !== null && <Refusal draft={draft} />}
        {!readOnly && <End draft={draft} spec={spec} />}
        {stored !== null && type !== 'monitor' && (
          <details class="fold">
            <summary>Who changed it</summary>
            <div class="body">
              <Changes type={type} name={stored.key} />
            </div>
          </details>
        )}
      </div>
    </div>
  )
}

/** What the server says against it; of a change made meanwhile, what can be done. */
function Refusal({ draft }: { readonly draft: Draft }) {
  const problem = draft.problem.value
  if (problem === null) return null
  return problem.kind === 'stale' ? <Overtaken draft={draft} problem={problem} /> : <Trouble problem={problem} />
}

function End({ draft, spec }: { readonly draft: Draft; readonly spec: FormSpec }) {
  const words = objectWords[draft.type]
  const isNew = draft.stored.value === null
  const tried = useTried()
  const save = async () => {
    const saved = await draft.save()
    if (saved === null) return
    toast(isNew ? `The ${words.one} “${saved.name}” is made.` : 'Saved.')
    go(
      draft.type === 'monitor' || draft.type === 'page'
        ? `/${words.path}/${encodeURIComponent(saved.key)}`
        : `/${words.path}`,
    )
  }
  return (
    <div class="form-end">
      <TriedResult tried={tried} />
      <div class="line">
        <Button look="main" act={save}>
          {isNew ? `Make the ${words.one}` : 'Save'}
        </Button>
        <TryButton draft={draft} spec={spec} tried={tried} />
        <span class="muted small">{unsaved.value === null ? '' : 'Not saved yet'}</span>
      </div>
    </div>
  )
}

function Delete({ type, stored }: { readonly type: ObjectType; readonly stored: Common }) {
  const words = objectWords[type]
  const act = async () => {
    const kept = type === 'monitor' ? ' Its history is kept.' : ''
    if (!window.confirm(`Delete the ${words.one} “${stored.name}”?${kept}`)) return
    await remove(at(words.path, stored.key), { revision: stored.revision })
    unsaved.value = null
    toast(`“${stored.name}” is deleted.`)
    go(`/${words.path}`)
  }
  return (
    <Button look="danger" act={act}>
      Delete
    </Button>
  )
}
