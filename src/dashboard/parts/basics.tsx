// The smallest parts: moments, spans, badges, notices, what stands where something is missing.
// Promises that times are told relative and, one hover or focus away, exactly.
import type { ComponentChildren } from 'preact'
import type { Problem } from '../api/client.ts'
import type { Labels } from '../api/types.ts'
import { present } from '../clock.ts'
import { ago, exactly, lasting, moment } from '../words.ts'

export type Children = { readonly children?: ComponentChildren }

export const Ago = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={exactly(at)}>
    {ago(at, present.value)}
  </time>
)

export const Moment = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={exactly(at)}>
    {moment(at, present.value)}
  </time>
)

/** How long it has lasted. */
export const Lasting = ({ since }: { readonly since: string }) => (
  <time dateTime={since} title={`Since ${exactly(since)}`}>
    {lasting(since, present.value)}
  </time>
)

export const Badge = ({ children, title }: Children & { readonly title?: string }) => (
  <span class="badge" title={title}>
    <span>{children}</span>
  </span>
)

export const LabelChips = ({ labels, most = 3 }: { readonly labels: Labels; readonly most?: number }) => {
  const all = Object.entries(labels)
  return (
    <span class="chips">
      {all.slice(0, most).map(([name, value]) => (
        <Badge key={name} title={`${name}: ${value}`}>
          {name}:{value}
        </Badge>
      ))}
      {all.length > most && (
        <Badge
          title={all
            .slice(most)
            .map(([name, value]) => `${name}: ${value}`)
            .join(', ')}
        >
          +{all.length - most}
        </Badge>
      )}
    </span>
  )
}

export const Kbd = ({ children }: Children) => <kbd class="kbd">{children}</kbd>

/** What the server, or the way to it, says is wrong. */
export function Trouble({ problem, again }: { readonly problem: Problem; readonly again?: (() => void) | undefined }) {
  return (
    <div class="notice bad" role="alert">
      <div class="grow stack">
        <p>{problem.message}</p>
        {problem.errors.length > 0 && (
          <ul class="small">
            {problem.errors.slice(0, 12).map((one) => (
              <li key={`${one.path} ${one.message}`}>
                <code>{one.path}</code> {one.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {again && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}

/** A screen that could not be shown. */
export const Failed = (props: { readonly problem: Problem; readonly again?: (() => void) | undefined }) => (
  <div class="screen narrow">
    <Head title="This could not be shown" />
    <Trouble {...props} />
  </div>
)

export const Empty = ({ title, children }: Children & { readonly title: string }) => (
  <section class="empty">
    <h2>{title}</h2>
    {children}
  </section>
)

export const Panel = ({
  title,
  aside,
  children,
  flush = false,
}: Children & { readonly title?: string; readonly aside?: ComponentChildren; readonly flush?: boolean }) => (
  <section class="panel">
    {title !== undefined && (
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
    )}
    {flush ? children : <div class="body">{children}</div>}
  </section>
)

/** A screen's title, what can be done there, and the tab's title. */
export const Head = ({
  title,
  before,
  children,
}: Children & { readonly title: string; readonly before?: ComponentChildren }) => {
  document.title = `${title} · Allswell`
  return (
    <header class="head">
      {before}
      <h1 tabIndex={-1}>{title}</h1>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  )
}

export const Waiting = ({ what = 'Loading' }: { readonly what?: string }) => (
  <p class="muted loading" role="status">
    {what} …
  </p>
)
