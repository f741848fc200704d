// A dialog over the screen, by the browser's own element: it keeps the focus, gives it back, and closes by Escape.
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface DialogProps {
  readonly title: string
  readonly close: () => void
  readonly children: ComponentChildren
  readonly class?: string
  /** The title is for those who cannot see the dialog. */
  readonly bare?: boolean
  /** It holds what is shown only once: neither Escape nor a click beside it closes it. */
  readonly firm?: boolean
}

export function Dialog({ title, close, children, bare = false, firm = false, ...rest }: DialogProps) {
  const place = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = place.current
    if (dialog && !dialog.open) dialog.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={place}
      class={rest.class ?? ''}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (!firm) close()
      }}
      onClick={(event) => {
        const dialog = place.current
        if (!firm && dialog && event.target === dialog && isOutside(dialog, event)) close()
      }}
    >
      <div class={bare ? '' : 'stack'}>
        <h2 id={id} class={bare ? 'hidden' : ''}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  )
}

/** For forms in dialogs. */
export const Cancel = ({ close }: { readonly close: () => void }) => (
  <button type="button" class="button" onClick={close}>
    Cancel
  </button>
)

/** A click on what is behind counts as one on the dialog itself. */
function isOutside(dialog: HTMLDialogElement, { clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect()
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}
