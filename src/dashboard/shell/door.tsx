// What stands before the dashboard: the frame of all screens for those who are not signed in.
import type { ComponentChildren } from 'preact'

export const Logo = () => (
  <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    <rect width="64" height="64" rx="14" fill="#1f9e89" />
    <path
      d="m18 33 10 11 19-23"
      fill="none"
      stroke="#fff"
      stroke-width="6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
)

export function Door({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  document.title = `${title} · Allswell`
  return (
    <div class="door">
      <main>
        <span class="brand">
          <Logo />
          Allswell
        </span>
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  )
}
