// Which part of the list is shown, and the way to the rest.
import { pageSize } from '../api/board.ts'
import { setQuery } from '../router.ts'
import { count } from '../words.ts'

export function Paging({ page, total }: { readonly page: number; readonly total: number }) {
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const to = (next: number) => setQuery({ page: next === 1 ? null : String(next) })
  if (pages === 1) return <p class="paging muted small">{count(total, 'monitor')}</p>
  const from = (page - 1) * pageSize + 1
  return (
    <nav class="paging" aria-label="Pages of the list">
      <span class="muted small">
        {from.toLocaleString('en')}–{Math.min(total, page * pageSize).toLocaleString('en')} of {count(total, 'monitor')}
      </span>
      <span class="line">
        <button type="button" class="button" disabled={page <= 1} onClick={() => to(page - 1)}>
          Previous
        </button>
        <span class="small number">
          Page {page} of {pages}
        </span>
        <button type="button" class="button" disabled={page >= pages} onClick={() => to(page + 1)}>
          Next
        </button>
      </span>
    </nav>
  )
}
