// A status page: where it is, its incidents of ninety days.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Incident, ListOf, Page } from '../api/types.ts'
import { Empty, Failed, Head, Moment, Panel, Waiting } from '../parts/basics.tsx'
import { base } from '../router.ts'
import type { Params } from '../routes.ts'
import { span } from '../words.ts'

export function PageScreen({ params: { key = '' } }: { readonly params: Params }) {
  const page = useLoaded(`page ${key}`, (signal) => get<Page>(at('pages', key), {}, signal))
  const incidents = useLoaded(`incidents ${key}`, (signal) =>
    get<ListOf<Incident>>(at('pages', key, 'incidents'), {}, signal),
  )
  const problem = page.problem ?? incidents.problem
  if (problem) return <Failed problem={problem} again={page.again} />
  if (!page.value) return <Waiting />
  const { name, path } = page.value
  return (
    <div class="screen narrow">
      <p class="crumb">
        <a class="quiet" href={`${base}/pages`}>
          Status pages
        </a>{' '}
        / {key}
      </p>
      <Head title={name}>
        <a class="button" href={path} target="_blank" rel="noopener">
          See it ↗
        </a>
        <a class="button main" href={`${base}/pages/${encodeURIComponent(key)}/edit`}>
          Edit
        </a>
      </Head>
      {incidents.value?.items.length === 0 ? (
        <Empty title="No incident in 90 days">
          <p>One opens by itself when a component is in trouble for longer than the page’s setting “open after”.</p>
        </Empty>
      ) : (
        <Panel title="Incidents of 90 days" flush>
          <ul class="rows">
            {incidents.value?.items.map((one) => (
              <IncidentLine key={one.id} incident={one} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}

const IncidentLine = ({ incident }: { readonly incident: Incident }) => {
  const { component, impact, startedAt, resolvedAt } = incident
  return (
    <li>
      <p>
        <span class="strong">{component.name}</span> {impact.replaceAll('_', ' ')}
      </p>
      <p class="muted small">
        <Moment at={startedAt} />
        {resolvedAt === null
          ? ', not over yet'
          : `, over after ${span(Date.parse(resolvedAt) - Date.parse(startedAt))}`}
      </p>
    </li>
  )
}
